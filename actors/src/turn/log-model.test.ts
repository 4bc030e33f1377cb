import {
  ContinuationState,
  defaultTenantDocument,
  isFinished,
  LogVerifier,
  MaestroError,
  parseStoredEvent,
  RecipeRegistry,
  redactNothing,
  upcast,
  type ContinuationEvent,
  TenantLimits,
} from '@maestro/core';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ref, signalOf, spawnOf } from '../testing/drive.ts';
import { scripted, ScriptLine } from '../testing/sample-recipes.ts';
import type { Command } from './command.ts';
import { decide } from './decide.ts';
import { sealTurn } from './seal-turn.ts';

const HOSTS = 3;
const recipes = new RecipeRegistry([scripted]);

/** One move of the model: a host takes a command after some time has passed. */
interface Move {
  readonly host: number;
  readonly passMs: number;
  readonly command: (state: ContinuationState | null, move: number) => Command;
  /** Whether the step that runs, if any, runs on this host. */
  readonly runsHere: boolean;
  readonly draining: boolean;
}

/** What a step says at its end; which attempt says so is off by `wrong`. */
const stepEnd = (
  result: Extract<Command, { kind: 'finish-step' }>['result'],
  wrong: number,
): Move['command'] => {
  return (state) => {
    const { activity } = state ?? {};
    const known = activity?.kind === 'running' || activity?.kind === 'retry' ? activity : undefined;
    return {
      kind: 'finish-step',
      stepId: known?.stepId ?? 'work#1',
      attempt: Math.max(1, (known?.attempt ?? 1) + wrong),
      result,
    };
  };
};

const commands = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Move['command']>(() => ({ kind: 'wake' })) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('go', 'stop', 'pause', 'resume', 'seal', 'unseal', 'unseal', 'nonsense')
      .map((signal): Move['command'] => {
        return (_state, move) => signalOf(signal, { requestId: `${signal}${move}` });
      }),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({
        result: fc.constantFrom<Extract<Command, { kind: 'finish-step' }>['result']>(
          { kind: 'returned', outcome: { kind: 'next', step: 'read' } },
          { kind: 'returned', outcome: { kind: 'nonsense' } },
          { kind: 'threw', message: 'no luck', retryable: true },
          { kind: 'threw', message: 'no hope', retryable: false },
          { kind: 'interrupted' },
        ),
        wrong: fc.constantFrom(0, 0, 0, -1, 1),
      })
      .map(({ result, wrong }) => stepEnd(result, wrong)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Move['command']>(
      (_state, move) => signalOf('kill', { requestId: `kill${move}` }),
      () => spawnOf('scripted@1', { script: [] }, 'b'.repeat(64)),
      (state) => stepEnd({ kind: 'interrupted' }, 0)(state, 0),
      () => ({ kind: 'heartbeat', stepId: 'work#1', attempt: 1 }),
    ),
  },
);

const moves = fc.array(
  fc.record<Move>({
    host: fc.nat(HOSTS - 1),
    passMs: fc.constantFrom(0, 0, 1, 2_500, 5_000, 31_000),
    command: commands,
    runsHere: fc.boolean(),
    draining: fc.boolean(),
  }),
  { minLength: 10, maxLength: 60 },
);

const script = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('sleep', 'work', 'ask', 'next', 'publish') },
    { weight: 1, arbitrary: fc.constantFrom(...ScriptLine.options) },
  ),
  { minLength: 1, maxLength: 12 },
);

/** Rows as a store would keep them, and hosts that only know them by reading. */
class Model {
  readonly rows: string[] = [];
  readonly events: ContinuationEvent[] = [];
  /** Reads the rows as they come, and shares nothing with the hosts. */
  readonly verifier = new LogVerifier(ref);
  nowMs = Date.parse('2026-01-01T00:00:00.000Z');
  head: string | null = null;
  #owner = -1;
  #commits = 0;

  get state(): ContinuationState | null {
    return this.head === null ? null : ContinuationState.parse(JSON.parse(this.head));
  }

  /** A turn of a host that has just read the head. @returns the events that it added. */
  turn(host: number, command: Command, runsHere: boolean, draining: boolean): ContinuationEvent[] {
    const { state } = this;
    const running = state?.activity?.kind === 'running' ? state.activity : undefined;
    const decision = decide(state, command, {
      ref,
      nowMs: this.nowMs,
      recipes,
      limits: () => TenantLimits.parse({}),
      allowance: () => defaultTenantDocument(ref.tenant),
      texts: redactNothing,
      leaseEnded:
        running !== undefined &&
        !runsHere &&
        Date.parse(running.since) + running.leaseMs <= this.nowMs,
      draining,
    });
    if (decision.events.length === 0) return [];
    const sealed = sealTurn(decision.events, {
      ref,
      state,
      generation: (state?.generation ?? 0) + (this.#owner === host ? 0 : 1),
      commitId: `${host}.${++this.#commits}`,
      done: state?.done ?? 0,
      nowMs: this.nowMs,
      traceId: state?.trace.traceId ?? 'a'.repeat(32),
      cause: undefined,
    });
    this.#owner = host;
    this.rows.push(...sealed.commit.entries);
    this.events.push(...sealed.events);
    this.head = sealed.commit.head;
    return [...sealed.events];
  }
}

function checkInvariants(
  model: Model,
  before: ContinuationState | null,
  added: readonly ContinuationEvent[],
): void {
  const { state } = model;
  if (!state) return;
  // Head = fold of the log, byte for byte; the chain verifies and has no gap.
  const { verifier } = model;
  for (const row of model.rows.slice(verifier.position.sequence)) {
    expect(verifier.add(parseStoredEvent(row))).toBeUndefined();
  }
  expect(verifier.position.sequence).toBe(model.rows.length);
  expect(verifier.head).toBe(model.head);
  // What has finished stays as it is.
  if (before && isFinished(before.status)) expect(added).toEqual([]);
  // Something is due exactly when something is left to do that an event need not begin.
  const idle =
    isFinished(state.status) ||
    state.sealed !== undefined ||
    (state.paused !== null && state.activity?.kind !== 'running');
  if (idle) expect(state.dueMs).toBeNull();
  else expect(state.dueMs).not.toBeNull();
  // Asleep, at a step, or finished: exactly one of them.
  const kinds = [isFinished(state.status), state.wait !== null, state.activity !== null];
  expect(kinds.filter(Boolean)).toHaveLength(1);
  // Nothing at all happens while sealed, and no step runs.
  if (before?.sealed && added[0]) expect(added[0].payload).toMatchObject({ signal: 'unseal' });
  if (state.sealed) expect(state.activity?.kind).not.toBe('running');
  // Nothing begins while paused.
  const resumed = added.some(
    (event) => event.type === 'human_signal' && event.payload.signal === 'resume',
  );
  if (before?.paused && !resumed) {
    for (const event of added) {
      expect(event.type).not.toBe('wake');
      if (event.type === 'step') expect(event.payload.phase).toBe('finished');
    }
  }
}

/** Ticks, causes and attempts count up over the whole log. */
function checkHistory({ events, state }: Model): void {
  const wakes = events.filter((event) => event.type === 'wake');
  expect(wakes.map((event) => event.type === 'wake' && event.payload.tick)).toEqual(
    wakes.map((_, index) => index + 1),
  );
  expect(state?.tick).toBe(wakes.length);
  const causes = wakes.map((event) => event.type === 'wake' && event.payload.cause.causeId);
  expect(new Set(causes).size).toBe(causes.length);
  checkAttempts(events);
}

/** Each attempt is intended once, attempts of a step count up, and a step ends at most once. */
function checkAttempts(events: readonly ContinuationEvent[]): void {
  const attempts = new Map<string, number>();
  const ended = new Set<string>();
  for (const event of events) {
    if (event.type !== 'step') continue;
    const { stepId, attempt, phase } = event.payload;
    expect(ended.has(stepId)).toBe(false);
    if (phase === 'intended') {
      expect(attempt).toBeGreaterThan(attempts.get(stepId) ?? 0);
      attempts.set(stepId, attempt);
    } else if (event.payload.outcome.kind !== 'interrupted') {
      ended.add(stepId);
    }
  }
}

it('whatever is asked of it in whatever order, the head is the fold of a gapless log', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(script, moves, (lines, sequence) => {
      const model = new Model();
      const first = model.turn(0, spawnOf('scripted@1', { script: lines }), false, false);
      checkInvariants(model, null, first);
      sequence.forEach((move, index) => {
        model.nowMs += move.passMs;
        const before = model.state;
        const head = model.head;
        let added: ContinuationEvent[] = [];
        try {
          added = model.turn(
            move.host,
            move.command(before, index),
            move.runsHere,
            move.draining && move.passMs > 0,
          );
        } catch (error) {
          expect(error).toBeInstanceOf(MaestroError);
          seen.add(MaestroError.from(error).code);
          expect(model.head).toBe(head);
        }
        for (const event of added) seen.add(event.type);
        checkInvariants(model, before, added);
      });
      checkHistory(model);
      seen.add(model.state?.status ?? '');
      expect(model.events).toEqual(model.rows.map((row) => upcast(parseStoredEvent(row))));
    }),
    { numRuns: 300 },
  );
  // The model has gone where it should.
  expect([...seen].sort()).toEqual(
    expect.arrayContaining([
      'completed',
      'continuation.finished',
      'continuation.paused',
      'continuation.sealed',
      'error',
      'failed',
      'host.draining',
      'human_signal',
      'idempotency.conflict',
      'killed',
      'paused',
      'publish',
      'signal.unknown',
      'sleep',
      'step',
      'wake',
    ]),
  );
}, 60_000);
