import { MaestroError, traceparentOf } from '@maestro/core';
import { randomBytes } from 'node:crypto';
import { measureCommit } from '../observability/measure-commit.ts';
import type { StepRunner } from '../step/step-runner.ts';
import type { Activation, Memory } from './activation.ts';
import type { Command } from './command.ts';
import { traceOf, traceparentIn } from './command-trace.ts';
import { nobody, type CommittedTurn } from './committed-turn.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { Limiter } from './limiter.ts';
import { Outbox, type OutboxGateway } from './outbox.ts';
import { preload, type Preloaded } from './preload.ts';
import { noteDone, runEffects } from './run-effects.ts';
import { frozen, HELD_MS } from './frozen.ts';
import { duesOf, extendLease, leaseEndMs } from './lease.ts';
import { loadState } from './load-state.ts';
import { COVER_MS, LATE_COMMIT_MS, lateCommitAtMs, Reminders } from './reminders.ts';
import { sealTurn } from './seal-turn.ts';
import { rulesOf, type TenantRules } from './tenant-rules.ts';
import type { TurnPorts, TurnResult, TurnSource } from './turn-ports.ts';
import { skippedMs, virtualMs } from './virtual-time.ts';

/**
 * Turns between load and commit at a time. More would not commit sooner, and each round of the event loop would take
 * so long that the sidecar's health probe (500 ms) finds no answer and takes all actors away.
 */
const TURNS_AT_A_TIME = 32;

/** The longest pause between two tries of calls that nobody takes, in ms. */
const MAX_CALL_PAUSE_MS = 600_000;

/** Runs turns: load, decide, cover, commit, effects, settle. */
export class TurnRunner {
  readonly #ports: TurnPorts;
  readonly #steps: StepRunner;
  readonly #reminders: Reminders;
  readonly #outbox: Outbox;
  readonly #limiter = new Limiter(TURNS_AT_A_TIME);
  draining = false;

  constructor(ports: TurnPorts, steps: StepRunner, gateway: OutboxGateway) {
    this.#ports = ports;
    this.#steps = steps;
    this.#reminders = new Reminders(ports.scheduler);
    this.#outbox = new Outbox(
      gateway,
      ({ memory, actorId }) => {
        if (memory) noteDone(memory);
        ports.crash('call.answered', actorId);
      },
      (activation, error) => this.#callsEnded(activation, error),
    );
  }

  /**
   * Arms what falls due during the hand-over for after it. A reminder that fires meanwhile can be delivered by another
   * host's sidecar to this one, whose actors are going: that call never ends as long as this sidecar lives.
   */
  async handOver(activations: Iterable<Activation>, atMs: number): Promise<void> {
    this.#reminders.notBeforeMs = atMs;
    const armed = [...activations].map((activation) =>
      activation.mutex.run(async () => {
        const { memory } = activation;
        const dues = memory ? duesOf(memory).concat(memory.armed?.atMs ?? []) : [];
        if (memory && Math.min(...dues) < atMs) {
          await this.#reminders.settle(activation, memory, dues, true);
        }
      }),
    );
    await Promise.allSettled(armed);
  }

  /** How many continuations have calls to others under way. */
  get calling(): number {
    return this.#outbox.size;
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
          resolve({ reply: committed.reply, held: committed.held === true, settled });
        } catch (error) {
          this.#ports.observability.count('maestro_turns_total', {
            command: command.kind,
            result: MaestroError.from(error).code,
          });
          // Whoever calls is told; a reminder only comes again.
          if (source.kind === 'reminder') {
            this.#ports.log.failed(activation.ref, command.kind, error);
          }
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
      const rules = await rulesOf(this.#ports.tenants, activation.ref.tenant);
      if (rules.deleted) return nobody(activation, command);
      const remembered = activation.memory !== null;
      const memory = (activation.memory ??= await this.#load(activation));
      this.#ports.crash('turn.loaded', activation.actorId);
      const nowMs = this.#ports.clock.nowMs();
      const ownMs = virtualMs(memory.state, nowMs) + skippedMs(command, memory.state);
      // What is due is what is being delivered; armed again or not, it is no longer on its way.
      if (source.kind === 'reminder' && memory.armed && memory.armed.atMs <= nowMs)
        memory.armed = null;
      const freeze = await this.#ports.tenants.freeze(activation.ref.tenant);
      const more = {
        ...rules,
        ...(await preload(activation.ref, memory.state, command, this.#ports)),
      };
      let decision: Decision | undefined;
      let refusal: unknown;
      try {
        decision = this.#decide(activation, memory, command, ownMs, more);
      } catch (error) {
        refusal = error;
      }
      if (freeze && decision && decision.events.length > 0) {
        if (command.kind !== 'wake') throw frozen(freeze);
        return { reply: decision.reply, memory, before: memory.state, held: true };
      }
      if (decision && decision.events.length > 0) {
        return await this.#commit(activation, memory, decision, command, source, { nowMs, ownMs });
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
    const done = state?.done ?? 0;
    return {
      state,
      owned: false,
      done,
      published: done,
      calls: [],
      failedRounds: 0,
      undone: [],
      armed: null,
      lease: null,
      tickBeganMs: null,
    };
  }

  #decide(
    activation: Activation,
    memory: Memory,
    command: Command,
    nowMs: number,
    more: Preloaded & TenantRules,
  ): Decision {
    const { state } = memory;
    const running = state?.activity?.kind === 'running' ? state.activity : undefined;
    const runsHere =
      running !== undefined &&
      this.#steps.runs(activation.actorId, running.stepId, running.attempt);
    return decide(state, command, {
      ref: activation.ref,
      nowMs,
      recipes: this.#ports.recipes,
      leaseEnded: running !== undefined && !runsHere && leaseEndMs(memory) <= nowMs,
      draining: this.draining,
      virtualClock: this.#ports.virtualClock === true,
      ...more,
    });
  }

  async #commit(
    activation: Activation,
    memory: Memory,
    decision: Decision,
    command: Command,
    source: TurnSource,
    { nowMs, ownMs }: { readonly nowMs: number; readonly ownMs: number },
  ): Promise<CommittedTurn> {
    const { store, crash, observability, log } = this.#ports;
    const before = memory.state;
    const generation = before ? before.generation + (memory.owned ? 0 : 1) : 1;
    const given = traceparentIn(command);
    // A wake is caused by the commit that went to sleep.
    const cause =
      given ?? (before ? traceparentOf(before.trace.traceId, before.commit) : undefined);
    const sealed = sealTurn(decision.events, {
      ref: activation.ref,
      state: before,
      generation,
      commitId: activation.nextCommitId(),
      done: memory.done,
      nowMs: ownMs,
      traceId: before?.trace.traceId ?? traceOf(command) ?? randomBytes(16).toString('hex'),
      cause,
    });
    const { commit, state } = sealed;
    // Before the events that refer to them; a blob without an event is of no consequence.
    for (const [sha256, text] of decision.blobs ?? []) {
      await this.#ports.blobs.put(activation.ref.tenant, sha256, text);
    }
    if (source.kind === 'call') await this.#reminders.cover(activation, memory, state, nowMs);
    crash('turn.covered', activation.actorId);
    const startedAt = performance.now();
    const result = await store.commit(commit).catch((error: unknown) => {
      activation.drop();
      activation.lateUntilMs = nowMs + LATE_COMMIT_MS;
      throw error;
    });
    const commitMs = performance.now() - startedAt;
    observability.record('maestro_commit_ms', commitMs);
    if (result !== 'conflict') {
      this.#ports.tracer?.committed(activation, {
        events: sealed.events,
        before,
        state,
        takenOver: !memory.owned,
        startMs: nowMs,
        endMs: this.#ports.clock.nowMs(),
        commitMs,
      });
    }
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
    const endMs = this.#ports.clock.nowMs();
    measureCommit(observability, memory, { events: sealed.events, state, startMs: nowMs, endMs });
    memory.state = state;
    memory.owned = true;
    sealed.events.forEach((event, index) => {
      memory.undone.push({ event, row: commit.entries[index] ?? '' });
    });
    return { reply: decision.reply, memory, before };
  }

  /** Everything that was to be said is said, or some of it could not be: the reminder is for what is due otherwise, or soon. */
  #callsEnded(activation: Activation, error: unknown): void {
    if (error !== undefined) this.#ports.log.effectsFailed(activation.ref, error);
    // What could not be said is said again when the reminder comes, which is armed.
    const { memory: after } = activation;
    const waits = MaestroError.from(error).code === 'tenant.frozen';
    if (after && after.calls.length > 0) after.failedRounds += waits ? 0 : 1;
    else if (after) after.failedRounds = 0;
    if (after?.calls.length !== 0) return;
    void activation.mutex
      .run(async () => {
        const { memory } = activation;
        if (memory && memory.calls.length === 0) {
          await this.#reminders.settle(activation, memory, duesOf(memory), false);
        }
      })
      // The reminder that is armed comes early and arms the next one.
      .catch(() => undefined);
  }

  /** Effects and settling, after the commit. */
  async #afterwards(
    activation: Activation,
    { memory, before, reply, held }: CommittedTurn,
    command: Command,
    source: TurnSource,
  ): Promise<void> {
    const state = memory?.state;
    if (!memory || !state) return;
    const nowMs = this.#ports.clock.nowMs();
    if (held) {
      // What is due comes again, and nothing of it before the thaw.
      await this.#reminders.settle(activation, memory, [nowMs + HELD_MS], true);
      return;
    }
    const ownMs = virtualMs(state, nowMs);
    this.#steps.keepOnly(
      activation.actorId,
      state.activity?.kind === 'running' ? state.activity : undefined,
    );
    if (reply.kind === 'lease' && reply.answer === 'continue') extendLease(memory, ownMs);
    if (
      state.activity?.kind === 'running' &&
      this.#steps.runs(activation.actorId, state.activity.stepId, state.activity.attempt) &&
      leaseEndMs(memory) <= ownMs
    ) {
      extendLease(memory, ownMs);
    }
    let failure: unknown;
    try {
      await runEffects(activation, memory, this.#ports, this.#steps);
      this.#ports.crash('turn.effects-done', activation.actorId);
    } catch (error) {
      failure = error;
      this.#ports.log.effectsFailed(activation.ref, error);
    }
    // Under the reminder that covers the turn.
    this.#outbox.flush(activation);
    const fired = source.kind === 'reminder' ? source.name : undefined;
    const rearm = fired !== undefined || (command.kind === 'wake' && command.rearm === true);
    const others = failure === undefined ? [] : [nowMs + COVER_MS];
    // Calls that nobody takes are repeated less and less often.
    if (memory.calls.length > 0) {
      others.push(nowMs + Math.min(COVER_MS * 2 ** memory.failedRounds, MAX_CALL_PAUSE_MS));
    }
    if (fired !== undefined && command.kind === 'wake' && !memory.owned) {
      others.push(...lateCommitAtMs(activation, fired, command.armedAtMs, nowMs));
    }
    await this.#reminders.settle(activation, memory, [...duesOf(memory), ...others], rearm);
    this.#ports.crash('turn.settled', activation.actorId);
    if (fired !== undefined) {
      await this.#reminders.removeFired(activation, memory, fired);
      if (failure !== undefined) throw failure as Error;
    } else if (before && before.generation !== state.generation && before.dueMs !== null) {
      await this.#reminders.removeOfOwner(activation, before);
    }
  }
}
