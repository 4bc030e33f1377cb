import {
  MaestroError,
  parseActorId,
  RecipeRegistry,
  type ContinuationRef,
  type Recipe,
  type StreamBus,
} from '@maestro/core';
import { InProcessBus } from '../bus/in-process-bus.ts';
import { ContinuationHost } from '../host/continuation-host.ts';
import type { StepGateway } from '../step/step-gateway.ts';
import type { StepTimes } from '../step/step-runner.ts';
import { silentLog } from '../observability/turn-log.ts';
import { FencedStore } from '../store/fenced-store.ts';
import { actorIdOf } from '@maestro/core';
import type { Command, Reply } from '../turn/command.ts';
import { noCrash, type CrashHook } from '../turn/crash-points.ts';
import { FakeClock } from './fake-clock.ts';
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
  readonly crash?: CrashHook;
  readonly stepTimes?: StepTimes;
}

/** A whole host without Dapr: the real turn and the real fenced store over rows, reminders and a clock in memory. */
export interface MemoryRuntime {
  readonly rows: MemoryRowStore;
  readonly store: FencedStore;
  readonly clock: FakeClock;
  readonly scheduler: MemoryScheduler;
  readonly bus: StreamBus;
  readonly observability: MemoryObservability;
  readonly host: ContinuationHost;
  readonly recipes: RecipeRegistry;
  readonly continuations: {
    /** Sends a command; refusals are thrown. */
    send<R extends Reply>(ref: ContinuationRef, command: Command): Promise<R>;
  };
  /** Moves the clock on and delivers every reminder that falls due, in order, until none is left before the end. */
  advance(ms: number): Promise<void>;
  /** The reminders that are armed. */
  armed(): readonly ArmedReminder[];
}

/** Makes a runtime in memory. Several on the same rows, scheduler and clock are several hosts of one store. */
export function createMemoryRuntime(options: MemoryRuntimeOptions): MemoryRuntime {
  const clock = options.clock ?? new FakeClock();
  const rows = options.rows ?? new MemoryRowStore();
  const scheduler = options.scheduler ?? new MemoryScheduler(clock);
  const bus = options.bus ?? new InProcessBus();
  const store = new FencedStore(rows, { commitTimeoutMs: 200, retryDelayMs: 1 });
  const recipes = new RecipeRegistry(options.recipes);
  const observability = new MemoryObservability();

  const send = async (ref: ContinuationRef, command: Command): Promise<Reply> => {
    const envelope = await host.invoke(actorIdOf(ref), command);
    if (!envelope.ok) throw MaestroError.fromWire(envelope.error);
    return envelope.reply;
  };
  const gateway: StepGateway = {
    heartbeat: async (ref, stepId, attempt) => {
      const reply = await send(ref, { kind: 'heartbeat', stepId, attempt });
      return reply.kind === 'lease' ? reply.answer : 'abort';
    },
    finish: async (ref, command) => {
      await send(ref, command);
    },
  };
  const host = new ContinuationHost(
    {
      store,
      events: store,
      scheduler,
      bus,
      recipes,
      clock,
      observability,
      crash: options.crash ?? noCrash,
      log: silentLog,
    },
    gateway,
    options.stepTimes ? { stepTimes: options.stepTimes } : {},
  );

  return {
    rows,
    store,
    clock,
    scheduler,
    bus,
    observability,
    host,
    recipes,
    continuations: { send: send as MemoryRuntime['continuations']['send'] },
    armed: () => scheduler.armed(),
    advance: async (ms) => {
      const endMs = clock.nowMs() + ms;
      for (;;) {
        await settle();
        const next = scheduler.armed().find(({ atMs }) => atMs <= endMs);
        if (!next) break;
        clock.advanceTo(next.atMs);
        const delivered = await scheduler.deliver(next, ({ actorId, armedAtMs }) => {
          parseActorId(actorId);
          return host.remind(actorId, { armedAtMs });
        });
        if (!delivered) clock.advance(Math.min(2_000, endMs - clock.nowMs()));
        if (!delivered && clock.nowMs() >= endMs) break;
      }
      clock.advanceTo(endMs);
      await settle();
    },
  };
}

/** Lets everything that is under way and needs no timer come to rest. */
async function settle(): Promise<void> {
  for (let round = 0; round < 20; round++) await new Promise((resolve) => setImmediate(resolve));
}
