import { MaestroError, parseActorId, type ErrorWire } from '@maestro/core';
import type { StepGateway } from '../step/step-gateway.ts';
import type { TopicGateway } from '../topic/topic-command.ts';
import { StepRunner, type StepTimes } from '../step/step-runner.ts';
import { Activation } from '../turn/activation.ts';
import { Command, type Reply } from '../turn/command.ts';
import type { TurnPorts, TurnResult, TurnSource } from '../turn/turn-ports.ts';
import { TurnRunner } from '../turn/turn-runner.ts';
import { FreezeWatch } from './freeze-watch.ts';
import { OverdueWatch } from './overdue-watch.ts';
import { ReminderWatch } from './reminder-watch.ts';

/** How long a reminder without a continuation is asked to come again, in ms: its spawn may still be on the way. */
const ORPHAN_REMINDER_MS = 60_000;

/** How long an unused activation is remembered, in ms. */
const IDLE_MS = 15 * 60_000;
/** How long calls to other continuations may take at a shutdown, in ms. */
const CALLS_MS = 5_000;
/** How long it may take to arm reminders for after the hand-over, in ms; who is not armed by then is armed as it was. */
const ARMING_MS = 1_500;
/** How long the steps that are given up may take to report it, in ms. */
const INTERRUPT_MS = 10_000;

/** Waits until something holds, or the time is over. */
async function within(ms: number, holds: () => boolean): Promise<void> {
  for (let waitedMs = 0; !holds() && waitedMs < ms; waitedMs += 100) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Times of a host. */
export interface HostOptions {
  readonly stepTimes?: StepTimes;
  /** How long the sidecar may take to hand the actors over at a shutdown: a few health probes, one second apart. @default 5000 */
  readonly handOverMs?: number;
}

/** What a reminder's callback brings along. */
export interface ReminderData {
  readonly armedAtMs?: number;
}

/** What an actor call answers: errors travel in the body, because the sidecar turns any other status into an opaque 500. */
export type Envelope =
  | { readonly ok: true; readonly reply: Reply }
  | { readonly ok: false; readonly error: ErrorWire };

/** Hosts continuations: keeps their activations, gives each command to its turn, and shuts down without losing any. */
export class ContinuationHost {
  readonly #activations = new Map<string, Activation>();
  readonly #turns: TurnRunner;
  readonly #steps: StepRunner;
  readonly #ports: TurnPorts;
  readonly #gateway: StepGateway;
  readonly #watch: ReminderWatch;
  readonly #overdue: OverdueWatch;
  readonly #freezes: FreezeWatch;
  #underWay = 0;
  #leaving = false;
  readonly #handOverMs: number;

  constructor(ports: TurnPorts, gateway: StepGateway & TopicGateway, options: HostOptions = {}) {
    this.#ports = ports;
    this.#gateway = gateway;
    this.#watch = new ReminderWatch(ports.clock);
    this.#overdue = new OverdueWatch(ports.clock);
    this.#handOverMs = options.handOverMs ?? 5_000;
    this.#steps = new StepRunner({
      gateway,
      recipes: ports.recipes,
      observability: ports.observability,
      clock: ports.clock,
      crash: ports.crash,
      log: ports.log,
      tracer: ports.tracer,
      ...(options.stepTimes ? { times: options.stepTimes } : {}),
    });
    this.#turns = new TurnRunner(ports, this.#steps, gateway);
    this.#freezes = new FreezeWatch(ports.tenants, this.#steps, (ref) =>
      gateway.tell(ref, { kind: 'wake', rearm: true }),
    );
  }

  /** What the sidecar's health probe is told; anything but `ok` makes it unregister the actor type. */
  get health(): 'ok' | 'leaving' | 'renewing' {
    if (this.#leaving) return 'leaving';
    return this.#watch.renewing ? 'renewing' : 'ok';
  }

  /** To be called whenever the sidecar calls back, whatever it wants. */
  callbackArrived(): void {
    this.#watch.callbackArrived();
  }

  /**
   * Registers the actors anew. A host that is started again beside a sidecar that lived on begins with this, so that the
   * sidecar notices the death of the one before and lets go of its registration: of the reminders that fall due while the
   * streams are closed and opened within milliseconds, the scheduler of Dapr 1.18 can keep some back until the next one.
   */
  renewRegistration(): void {
    this.#watch.renew();
    this.#ports.observability.count('maestro_registrations_renewed_total');
  }

  /** Forgets what is idle and looks whether reminders still arrive; to be called every few seconds. */
  watch(): void {
    this.#forgetIdle();
    this.measure();
    const lateMs = this.#watch.check(this.#activations.values());
    if (lateMs === undefined) {
      this.#rearmOverdue();
      return;
    }
    this.#ports.observability.count('maestro_registrations_renewed_total');
    this.#ports.log.renewing(lateMs);
  }

  /** Gives up what runs for tenants that are frozen, and goes on with what a freeze held; to be called every half second. */
  watchFreezes(): Promise<void> {
    return this.#freezes.check();
  }

  /** Has those look for themselves whose reminders were lost, by way of the sidecar: another host may have them by now. */
  #rearmOverdue(): void {
    if (this.health !== 'ok') return;
    const free = [...this.#activations.values()].filter(
      ({ actorId }) => !this.#freezes.holds(actorId),
    );
    this.#overdue.check(free, (ref) => {
      this.#ports.observability.count('maestro_wakes_rearmed_total');
      this.#ports.log.rearming(ref);
      return this.#gateway.tell(ref, { kind: 'wake', rearm: true });
    });
  }

  /** Forgets activations that have not been used for long: the sidecar does not know of those that it was not asked for. */
  #forgetIdle(): void {
    const beforeMs = this.#ports.clock.nowMs() - IDLE_MS;
    for (const [actorId, { usedAtMs, mutex }] of this.#activations) {
      if (usedAtMs < beforeMs && mutex.size === 0) this.#activations.delete(actorId);
    }
  }

  /** What is going on here: activations in memory, turns (to the end of their effects and calls) and detached steps under way. */
  get load(): { readonly activations: number; readonly turns: number; readonly steps: number } {
    return {
      activations: this.#activations.size,
      turns: this.#underWay + this.#turns.calling,
      steps: this.#steps.size,
    };
  }

  /** Sets the gauges of this host to what is going on now. */
  measure(): void {
    const { observability } = this.#ports;
    const { activations, turns, steps } = this.load;
    observability.set('maestro_activations', activations);
    observability.set('maestro_turns_under_way', turns);
    observability.set('maestro_steps_under_way', steps);
  }

  /** Runs a command. Refusals come back in the envelope; what is written is committed when this returns. */
  async invoke(actorId: string, body: unknown): Promise<Envelope> {
    try {
      const command = Command.safeParse(body);
      if (!command.success)
        throw new MaestroError('request.invalid', 'this is not a command that this release knows');
      const { reply } = await this.#run(this.#activationOf(actorId), command.data, {
        kind: 'call',
      });
      return { ok: true, reply };
    } catch (error) {
      return { ok: false, error: MaestroError.from(error).toWire() };
    }
  }

  /**
   * Takes a reminder; returns once everything that it called for is done and the next one is armed, or this one removed.
   *
   * @throws MaestroError when the reminder has to be delivered again.
   */
  async remind(actorId: string, name: string, data: ReminderData): Promise<void> {
    const activation = this.#activationOf(actorId);
    const { reply, settled } = await this.#run(
      activation,
      { kind: 'wake', armedAtMs: data.armedAtMs },
      { kind: 'reminder', name },
    );
    await settled;
    if (reply.kind === 'woken' && !reply.found) {
      // Nothing is to be remembered of what is not there.
      if (activation.mutex.size === 0) this.#activations.delete(actorId);
      const ageMs = this.#ports.clock.nowMs() - (data.armedAtMs ?? 0);
      if (ageMs < ORPHAN_REMINDER_MS) {
        throw new MaestroError('continuation.not_found', `${actorId} has no head yet`);
      }
      await this.#ports.scheduler.disarm(activation.ref, name);
    }
  }

  /** Forgets an actor that the runtime has moved or put to sleep, after its running turn. Steps go on. */
  async deactivate(actorId: string): Promise<void> {
    const activation = this.#activations.get(actorId);
    if (!activation) return;
    await activation.mutex.run(async () => activation.drop());
    // Whoever is waiting by now goes on with this activation, so that there is one mutex per actor.
    if (activation.mutex.size === 0) this.#activations.delete(actorId);
  }

  /**
   * Shuts down. Starts no more steps, waits for those that run, gives the rest up; only then calls itself unhealthy, so
   * that the sidecar hands the actors over: a sidecar whose app is unhealthy makes no actor calls, and the steps could not
   * report how they ended. Waits until the actors have left, and for the turns under way.
   */
  async drain(withinMs: number): Promise<void> {
    this.#turns.draining = true;
    await this.#steps.idle(withinMs);
    await this.#steps.interruptAll(INTERRUPT_MS);
    // What is still to be said to others is said now, while calls get through; the rest is the successor's.
    await within(CALLS_MS, () => this.#turns.calling === 0);
    if (this.#handOverMs > 0) {
      const byMs = this.#ports.clock.nowMs() + this.#handOverMs;
      const armed = this.#turns.handOver(this.#activations.values(), byMs);
      await Promise.race([armed, new Promise((resolve) => setTimeout(resolve, ARMING_MS))]);
    }
    this.#leaving = true;
    await within(this.#handOverMs, () => this.#activations.size === 0);
    await Promise.all(
      [...this.#activations.values()].map(({ mutex }) => mutex.run(async () => undefined)),
    );
  }

  #activationOf(actorId: string): Activation {
    let activation = this.#activations.get(actorId);
    if (!activation) {
      activation = new Activation(parseActorId(actorId), actorId);
      this.#activations.set(actorId, activation);
    }
    activation.usedAtMs = this.#ports.clock.nowMs();
    return activation;
  }

  /** Runs a turn and counts it until its effects are done. */
  async #run(activation: Activation, command: Command, source: TurnSource): Promise<TurnResult> {
    this.#underWay++;
    const ended = (): void => {
      this.#underWay--;
    };
    try {
      const result = await this.#turns.run(activation, command, source);
      void result.settled.then(ended, ended);
      if (result.held) this.#freezes.hold(activation);
      return result;
    } catch (error) {
      ended();
      throw error;
    }
  }
}
