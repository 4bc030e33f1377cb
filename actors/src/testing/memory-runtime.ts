import {
  actorIdOf,
  MaestroError,
  RecipeRegistry,
  topicActorId,
  type ContinuationRef,
  type Observability,
  type Recipe,
  type StreamBus,
  type TenantDirectory,
  type Tracing,
} from '@maestro/core';
import { InProcessBus } from '../bus/in-process-bus.ts';
import { ContinuationHost } from '../host/continuation-host.ts';
import { silentLog, type TurnLog } from '../observability/turn-log.ts';
import { TurnTracer } from '../observability/turn-tracer.ts';
import type { StepGateway } from '../step/step-gateway.ts';
import type { TopicGateway } from '../topic/topic-command.ts';
import { TopicHost, wakeOf } from '../topic/topic-host.ts';
import type { StepTimes } from '../step/step-runner.ts';
import { FencedStore } from '../store/fenced-store.ts';
import { StoredTenants } from '../tenant/stored-tenants.ts';
import type { Command, Reply } from '../turn/command.ts';
import { noCrash, type CrashHook } from '../turn/crash-points.ts';
import { advanceClock } from './advance-clock.ts';
import { FakeClock } from './fake-clock.ts';
import { KillSwitch } from './kill-switch.ts';
import { MemoryBlobStore } from './memory-blob-store.ts';
import { MemoryObservability } from './memory-observability.ts';
import { MemoryRowStore } from './memory-row-store.ts';
import { MemoryScheduler, type ArmedReminder } from './memory-scheduler.ts';

/** What a memory runtime is made of; parts that are left out are made anew. */
export interface MemoryRuntimeOptions {
  readonly recipes: readonly Recipe[];
  readonly rows?: MemoryRowStore;
  readonly clock?: FakeClock;
  readonly scheduler?: MemoryScheduler;
  readonly bus?: StreamBus;
  readonly blobs?: MemoryBlobStore;
  readonly crash?: CrashHook;
  readonly stepTimes?: StepTimes;
  /** How long a host that leaves waits for its actors to go, in ms. @default 0 */
  readonly handOverMs?: number;
  /** Whether time may be skipped. @default true */
  readonly virtualClock?: boolean;
  /** Where spans go. @default nowhere */
  readonly tracing?: Tracing;
  /** What counts and measures instead of the runtime's own. */
  readonly metrics?: Observability;
  /** What is told to operators. @default nothing */
  readonly log?: TurnLog;
  /** Where detached steps report. @default this host */
  readonly gateway?: StepGateway & TopicGateway;
}

/** A whole host without Dapr: the real turn and the real fenced store over rows, reminders and a clock in memory. */
export interface MemoryRuntime {
  readonly rows: MemoryRowStore;
  readonly store: FencedStore;
  readonly clock: FakeClock;
  readonly scheduler: MemoryScheduler;
  readonly bus: StreamBus;
  readonly blobs: MemoryBlobStore;
  readonly observability: MemoryObservability;
  readonly host: ContinuationHost;
  readonly topics: TopicGateway & {
    /** Delivers what an actor call would. */
    readonly host: TopicHost;
  };
  readonly recipes: RecipeRegistry;
  readonly tenants: TenantDirectory;
  readonly continuations: {
    /** Sends a command; refusals are thrown. */
    send<R extends Reply>(ref: ContinuationRef, command: Command): Promise<R>;
  };
  /** Whether {@link kill} was not called yet. */
  readonly alive: boolean;
  /** Moves the clock on and delivers every reminder that falls due, in order, until none is left before the end. */
  advance(ms: number): Promise<void>;
  /** The reminders that are armed. */
  armed(): readonly ArmedReminder[];
  /** Delivers a reminder to this host; rejects when it has to come again. */
  deliver(reminder: ArmedReminder): Promise<void>;
  /** Lets turns and their effects come to rest. Steps may go on. */
  idle(): Promise<void>;
  /** Waits until no detached step is under way here, and until what their results led to is done. */
  runSteps(): Promise<void>;
  /** Ends the host as kill -9 does: what it is at never gets out, what it calls never answers. */
  kill(): void;
}

/** Makes a runtime in memory. Several on the same rows, scheduler and clock are several hosts of one store. */
export function createMemoryRuntime(options: MemoryRuntimeOptions): MemoryRuntime {
  const clock = options.clock ?? new FakeClock();
  const rows = options.rows ?? new MemoryRowStore();
  const scheduler = options.scheduler ?? new MemoryScheduler(clock);
  const bus = options.bus ?? new InProcessBus();
  const blobs = options.blobs ?? new MemoryBlobStore();
  const life = new KillSwitch();
  const store = new FencedStore(life.rows(rows), { commitTimeoutMs: 200, retryDelayMs: 1 });
  const recipes = new RecipeRegistry(options.recipes);
  const tenants = new StoredTenants(life.rows(rows), clock);
  const observability = new MemoryObservability();

  const send = async (ref: ContinuationRef, command: Command): Promise<Reply> => {
    const body: unknown = JSON.parse(JSON.stringify(command));
    const envelope = await life.orDeath(host.invoke(actorIdOf(ref), body));
    if (!envelope.ok) throw MaestroError.fromWire(envelope.error);
    return envelope.reply;
  };
  const topicHost: TopicHost = new TopicHost({
    rows: life.rows(rows),
    clock,
    tenants,
    reminders: life.topicReminders(scheduler.ofTopics),
    crash: options.crash ?? noCrash,
    deliver: (ref, match) => outward.tell(...wakeOf(ref, match)),
  });
  const tellTopic: TopicGateway['tellTopic'] = async (ref, command) => {
    const body: unknown = JSON.parse(JSON.stringify(command));
    const envelope = await life.orDeath(topicHost.invoke(topicActorId(ref), body));
    if (!envelope.ok) throw MaestroError.fromWire(envelope.error);
    return envelope.reply;
  };
  const outward = life.gateway(options.gateway ?? gatewayTo(send, tellTopic));
  const host = new ContinuationHost(
    {
      store,
      events: store,
      blobs,
      scheduler: life.scheduler(scheduler),
      bus: life.bus(bus),
      recipes,
      tenants,
      clock,
      virtualClock: options.virtualClock ?? true,
      observability: options.metrics ?? observability,
      tracer: options.tracing && new TurnTracer(options.tracing, store, clock),
      crash: options.crash ?? noCrash,
      log: options.log ?? silentLog,
    },
    outward,
    {
      handOverMs: options.handOverMs ?? 0,
      ...(options.stepTimes ? { stepTimes: options.stepTimes } : {}),
    },
  );
  const idle = async (): Promise<void> => {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      await macrotask();
      if (round >= MIN_ROUNDS && (life.dead || (host.load.turns === 0 && topicHost.idle))) return;
    }
  };
  const deliver = ({ actorId, name, armedAtMs }: ArmedReminder): Promise<void> =>
    life.orDeath(
      isTopicActorId(actorId)
        ? topicHost.remind(actorId)
        : host.remind(actorId, name, { armedAtMs }),
    );

  return {
    rows,
    store,
    clock,
    scheduler,
    bus,
    blobs,
    observability,
    host,
    topics: { host: topicHost, tellTopic },
    recipes,
    tenants,
    continuations: { send: send as MemoryRuntime['continuations']['send'] },
    get alive() {
      return !life.dead;
    },
    armed: () => scheduler.armed(),
    advance: async (ms) => {
      await advanceClock({ clock, scheduler, deliver, idle }, ms);
      await idle();
    },
    deliver,
    idle,
    runSteps: async () => {
      do await idle();
      while (!life.dead && host.load.steps > 0);
    },
    kill: () => life.kill(),
  };
}

/** Whether a Dapr actor id names a topic and not a continuation. */
function isTopicActorId(actorId: string): boolean {
  return actorId.split('.').length === 4;
}

/** A gateway by which detached steps report to whatever `send` reaches. */
export function gatewayTo(
  send: (ref: ContinuationRef, command: Command) => Promise<Reply>,
  tellTopic: TopicGateway['tellTopic'],
): StepGateway & TopicGateway {
  return {
    heartbeat: async (ref, stepId, attempt) => {
      const reply = await send(ref, { kind: 'heartbeat', stepId, attempt });
      return reply.kind === 'lease' ? reply.answer : 'abort';
    },
    finish: async (ref, command) => {
      await send(ref, command);
    },
    tell: async (ref, command) => {
      await send(ref, command);
    },
    tellTopic,
  };
}

/** Turns of the event loop that are waited for at least: what has just been asked for begins within them. */
const MIN_ROUNDS = 20;
/** And at most: a turn that waits for something a test holds back must not hold the test up. */
const MAX_ROUNDS = 2_000;

function macrotask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
