import {
  isFinished,
  MaestroError,
  traceparentOf,
  type BlobStore,
  type Clock,
  type ContinuationState,
  type ContinuationStore,
  type EventLog,
  type Observability,
  type RecipeRegistry,
  type Scheduler,
  type StreamBus,
} from '@maestro/core';
import { randomBytes } from 'node:crypto';
import type { TurnLog } from '../observability/turn-log.ts';
import type { StepRunner } from '../step/step-runner.ts';
import type { Activation, Memory } from './activation.ts';
import { LEASE_MS } from './advance.ts';
import type { Command, Reply } from './command.ts';
import type { CrashHook } from './crash-points.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { Limiter } from './limiter.ts';
import { runEffects } from './run-effects.ts';
import { loadState } from './load-state.ts';
import { sealTurn } from './seal-turn.ts';

/** How soon effects that could not be done, or that a crash left undone, are tried again, in ms. */
const COVER_MS = 5_000;

/** How long a commit without an answer may be on its way, in ms. */
const LATE_COMMIT_MS = 60_000;

/**
 * Turns between load and commit at a time. More would not commit sooner, and each round of the event loop would take
 * so long that the sidecar's health probe (500 ms) finds no answer and takes all actors away.
 */
const TURNS_AT_A_TIME = 32;

/** What turns work with. */
export interface TurnPorts {
  readonly store: ContinuationStore;
  readonly events: EventLog;
  readonly blobs: BlobStore;
  readonly scheduler: Scheduler;
  readonly bus: StreamBus;
  readonly recipes: RecipeRegistry;
  readonly clock: Clock;
  readonly observability: Observability;
  readonly crash: CrashHook;
  readonly log: TurnLog;
}

/** Who called: a reminder's unanswered callback covers its turn, any other call has to arm a reminder first. */
export type TurnSource = 'call' | 'reminder';

/** A turn that has been committed and may be answered; effects and settling go on until `settled`. */
export interface TurnResult {
  readonly reply: Reply;
  readonly settled: Promise<void>;
}

/**
 * The reminder of an activation. A host that has lost the continuation, or has never written to it, arms one of its own
 * and cannot move the owner's. Whichever fires, the turn trusts only the head.
 */
export function reminderName(generation: number, identity: string): string {
  return `wake.${generation}.${identity}`;
}

/** The identity of the activation that wrote a commit. */
function identityOf(commitId: string): string {
  return commitId.slice(0, commitId.lastIndexOf('.'));
}

/** Runs turns: load, decide, cover, commit, effects, settle. */
export class TurnRunner {
  readonly #ports: TurnPorts;
  readonly #steps: StepRunner;
  readonly #limiter = new Limiter(TURNS_AT_A_TIME);
  draining = false;

  constructor(ports: TurnPorts, steps: StepRunner) {
    this.#ports = ports;
    this.#steps = steps;
  }

  /**
   * Runs one turn. All or nothing: one that throws leaves the memory as it was or drops it.
   *
   * @throws MaestroError when the command is refused or nothing could be committed.
   */
  run(activation: Activation, command: Command, source: TurnSource): Promise<TurnResult> {
    return new Promise((resolve, reject) => {
      void activation.mutex.run(async () => {
        const started = performance.now();
        let settled: Promise<void>;
        try {
          const committed = await this.#limiter.run(() =>
            this.#commitTurn(activation, command, source),
          );
          settled = this.#afterwards(activation, committed, command, source);
          // A caller need not wait for effects: the reminder that covers them is armed.
          resolve({ reply: committed.reply, settled });
        } catch (error) {
          this.#ports.observability.count('maestro_turns_total', {
            command: command.kind,
            result: MaestroError.from(error).code,
          });
          reject(error);
          return;
        }
        await settled.catch(() => undefined);
        this.#ports.observability.count('maestro_turns_total', {
          command: command.kind,
          result: 'ok',
        });
        this.#ports.observability.record('maestro_turn_ms', performance.now() - started, {
          command: command.kind,
        });
      });
    });
  }

  async #commitTurn(
    activation: Activation,
    command: Command,
    source: TurnSource,
  ): Promise<CommittedTurn> {
    for (;;) {
      const remembered = activation.memory !== null;
      const memory = (activation.memory ??= await this.#load(activation));
      this.#ports.crash('turn.loaded', activation.actorId);
      const nowMs = this.#ports.clock.nowMs();
      // What is due is what is being delivered; armed again or not, it is no longer on its way.
      if (source === 'reminder' && memory.armed && memory.armed.atMs <= nowMs) memory.armed = null;
      let decision: Decision | undefined;
      let refusal: unknown;
      try {
        decision = this.#decide(activation, memory, command, nowMs);
      } catch (error) {
        refusal = error;
      }
      if (decision && decision.events.length > 0) {
        return await this.#commit(activation, memory, decision, command, source, nowMs);
      }
      // A stale host would answer or refuse from the past, and swallow a wake: has somebody written behind its back?
      if (remembered && (await this.#isStale(activation, memory))) {
        activation.drop();
        continue;
      }
      if (!decision) throw refusal;
      return { reply: decision.reply, memory, before: memory.state };
    }
  }

  /** Whether somebody else has written since: a strong read of the entry after the last one that is known. */
  async #isStale({ ref }: Activation, { state }: Memory): Promise<boolean> {
    return (await this.#ports.events.readEntry(ref, (state?.sequence ?? 0) + 1)) !== undefined;
  }

  async #load(activation: Activation): Promise<Memory> {
    const { store, events } = this.#ports;
    const state = await loadState(activation.ref, store, events);
    return { state, owned: false, done: state?.done ?? 0, undone: [], armed: null, lease: null };
  }

  #decide(activation: Activation, memory: Memory, command: Command, nowMs: number): Decision {
    const { state } = memory;
    const running = state?.activity?.kind === 'running' ? state.activity : undefined;
    const runsHere =
      running !== undefined &&
      this.#steps.runs(activation.actorId, running.stepId, running.attempt);
    return decide(state, command, {
      id: activation.ref.id,
      nowMs,
      recipes: this.#ports.recipes,
      leaseEnded: running !== undefined && !runsHere && leaseEndMs(memory) <= nowMs,
      draining: this.draining,
    });
  }

  async #commit(
    activation: Activation,
    memory: Memory,
    decision: Decision,
    command: Command,
    source: TurnSource,
    nowMs: number,
  ): Promise<CommittedTurn> {
    const { store, crash, observability, log } = this.#ports;
    const before = memory.state;
    const generation = before ? before.generation + (memory.owned ? 0 : 1) : 1;
    const given =
      command.kind === 'wake' || command.kind === 'heartbeat' ? undefined : command.traceparent;
    // A wake is caused by the commit that went to sleep.
    const cause =
      given ?? (before ? traceparentOf(before.trace.traceId, before.commit) : undefined);
    const sealed = sealTurn(decision.events, {
      ref: activation.ref,
      state: before,
      generation,
      commitId: activation.nextCommitId(),
      done: memory.done,
      nowMs,
      traceId: before?.trace.traceId ?? cause?.slice(3, 35) ?? randomBytes(16).toString('hex'),
      cause,
    });
    const { commit, state } = sealed;
    // Before the events that refer to them; a blob without an event is of no consequence.
    for (const [sha256, text] of decision.blobs ?? []) {
      await this.#ports.blobs.put(activation.ref.tenant, sha256, text);
    }
    if (source === 'call') await this.#cover(activation, memory, state, nowMs);
    crash('turn.covered', activation.actorId);
    const startedAt = performance.now();
    const result = await store.commit(commit).catch((error: unknown) => {
      activation.drop();
      throw error;
    });
    observability.record('maestro_commit_ms', performance.now() - startedAt);
    if (result !== 'committed') {
      activation.drop();
      this.#steps.keepOnly(activation.actorId, undefined);
      observability.count('maestro_commits_fenced_total', { result });
      log.fenced(activation.ref, commit.commitId, result);
      if (result === 'conflict') {
        throw new MaestroError('commit.conflict', `another host owns ${activation.ref.id}`);
      }
      // Stored, but the continuation has moved on elsewhere: its effects are the new owner's.
      return { reply: decision.reply, memory: null, before };
    }
    crash('turn.committed', activation.actorId);
    if (before && !memory.owned) {
      observability.count('maestro_takeovers_total');
      log.tookOver(activation.ref, generation);
    }
    for (const event of decision.events) {
      observability.count('maestro_events_committed_total', { type: event.type });
      if (event.type === 'wake' && event.payload.cause.kind === 'timer') {
        observability.record('maestro_wake_lateness_ms', event.payload.lateMs);
      }
    }
    memory.state = state;
    memory.owned = true;
    sealed.events.forEach((event, index) => {
      memory.undone.push({ event, row: commit.entries[index] ?? '' });
    });
    return { reply: decision.reply, memory, before };
  }

  /** A continuation with anything left to do has a reminder that is not too late, before the commit that needs it. */
  async #cover(
    activation: Activation,
    memory: Memory,
    next: ContinuationState,
    nowMs: number,
  ): Promise<void> {
    const dues = [memory.state?.dueMs, next.dueMs, nowMs + COVER_MS].filter(
      (due) => typeof due === 'number',
    );
    const atMs = Math.min(...dues);
    const name = reminderName(next.generation, activation.identity);
    const { armed } = memory;
    if (armed && armed.name === name && armed.atMs <= Math.max(atMs, nowMs) && armed.atMs > nowMs)
      return;
    await this.#arm(activation, memory, name, atMs);
  }

  async #arm(activation: Activation, memory: Memory, name: string, atMs: number): Promise<void> {
    try {
      await this.#ports.scheduler.arm(activation.ref, name, atMs);
      memory.armed = { name, atMs };
    } catch (error) {
      // It may be armed or not: forget, so that the next turn arms anew.
      activation.drop();
      throw new MaestroError(
        'sidecar.unavailable',
        `the reminder of ${activation.ref.id} could not be armed`,
        {
          cause: error,
        },
      );
    }
  }

  /** Removes a reminder; one that stays finds nothing to do. */
  async #disarm({ ref, memory }: Activation, name: string): Promise<void> {
    if (memory?.armed?.name === name) memory.armed = null;
    await this.#ports.scheduler.disarm(ref, name).catch(() => undefined);
  }

  /** Effects and settling, after the commit. */
  async #afterwards(
    activation: Activation,
    { memory, before, reply }: CommittedTurn,
    command: Command,
    source: TurnSource,
  ): Promise<void> {
    const state = memory?.state;
    if (!memory || !state) return;
    const nowMs = this.#ports.clock.nowMs();
    this.#steps.keepOnly(
      activation.actorId,
      state.activity?.kind === 'running' ? state.activity : undefined,
    );
    if (reply.kind === 'lease' && reply.answer === 'continue') extendLease(memory, nowMs);
    if (
      state.activity?.kind === 'running' &&
      this.#steps.runs(activation.actorId, state.activity.stepId, state.activity.attempt) &&
      leaseEndMs(memory) <= nowMs
    ) {
      extendLease(memory, nowMs);
    }
    let failure: unknown;
    try {
      await runEffects(activation, memory, this.#ports, this.#steps);
      this.#ports.crash('turn.effects-done', activation.actorId);
    } catch (error) {
      failure = error;
      this.#ports.log.effectsFailed(activation.ref, error);
    }
    const rearm = source === 'reminder' || (command.kind === 'wake' && command.rearm === true);
    const others = failure === undefined ? [] : [nowMs + COVER_MS];
    if (source === 'reminder' && command.kind === 'wake' && !memory.owned) {
      others.push(...lateCommitAtMs(command.armedAtMs, nowMs));
    }
    await this.#settle(activation, memory, rearm, others);
    this.#ports.crash('turn.settled', activation.actorId);
    // In a reminder turn the old generation's reminder is the one that is being answered: it ends by itself.
    if (
      source === 'call' &&
      before &&
      before.generation !== state.generation &&
      before.dueMs !== null
    ) {
      await this.#disarm(activation, reminderName(before.generation, identityOf(before.commit)));
    }
    if (failure !== undefined && source === 'reminder') throw failure as Error;
  }

  /** Arms what is due next, unless it is what is armed already; nothing due: the one-shot that is armed just ends. */
  async #settle(
    activation: Activation,
    memory: Memory,
    rearm: boolean,
    others: readonly number[],
  ): Promise<void> {
    const { state, armed } = memory;
    if (!state) return;
    const dues = [...others];
    if (!isFinished(state.status) && state.dueMs !== null) {
      dues.push(state.activity?.kind === 'running' ? leaseEndMs(memory) : state.dueMs);
    }
    // A sealed one leaves no reminder behind.
    if (dues.length === 0 && state.sealed && armed) await this.#disarm(activation, armed.name);
    if (dues.length === 0) return;
    const atMs = Math.min(...dues);
    const name = reminderName(state.generation, activation.identity);
    if (!rearm && armed?.name === name && armed.atMs === atMs) return;
    await this.#arm(activation, memory, name, atMs);
  }
}

interface CommittedTurn {
  readonly reply: Reply;
  /** Null when the activation was superseded. */
  readonly memory: Memory | null;
  /** The state before the turn. */
  readonly before: ContinuationState | null;
}

/**
 * When to look again after a reminder that found nothing to do: it may have covered a commit whose answer was lost and
 * which is still on its way to the store. None once it is old enough for that to be over.
 */
function lateCommitAtMs(armedAtMs: number | undefined, nowMs: number): readonly number[] {
  if (armedAtMs === undefined || nowMs - armedAtMs >= LATE_COMMIT_MS - 2 * COVER_MS) return [];
  return [armedAtMs + LATE_COMMIT_MS];
}

/** When the running step counts as lost, in ms since the epoch: by the log, or by heartbeats since. */
function leaseEndMs({ state, lease }: Memory): number {
  const { activity } = state ?? {};
  if (activity?.kind !== 'running') return Number.POSITIVE_INFINITY;
  const byLog = Date.parse(activity.since) + activity.leaseMs;
  const extended =
    lease && lease.stepId === activity.stepId && lease.attempt === activity.attempt
      ? lease.untilMs
      : 0;
  return Math.max(byLog, extended);
}

function extendLease(memory: Memory, nowMs: number): void {
  const activity = memory.state?.activity;
  if (activity?.kind !== 'running') return;
  memory.lease = { stepId: activity.stepId, attempt: activity.attempt, untilMs: nowMs + LEASE_MS };
}
