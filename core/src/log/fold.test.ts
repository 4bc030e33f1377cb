import { describe, expect, it } from 'vitest';
import type { ContinuationState } from '../continuation/continuation-state.ts';
import type { EventDraft } from '../event/event-payloads.ts';
import { sealLog, signalDraft, sleepDraft, spawnDraft, wakeDraft } from '../testing/sealed-log.ts';
import { fold } from './fold.ts';

/** The state after some events; a spawn comes first. */
function after(...drafts: readonly EventDraft[]): ContinuationState {
  const state = sealLog([spawnDraft(), ...drafts]).reduce<ContinuationState | null>(
    (current, { event }) => fold(current, event),
    null,
  );
  if (!state) throw new TypeError('no events');
  return state;
}

const AT_MS = Date.parse('2026-01-01T00:00:00.000Z');
const LEASE_MS = 30_000;

const running = (attempt = 1): EventDraft => ({
  type: 'step',
  payload: { phase: 'intended', stepId: 'begin#1', step: 'begin', attempt, leaseMs: LEASE_MS },
});
const finished = (outcome: object, recipeState?: number): EventDraft =>
  ({
    type: 'step',
    payload: {
      phase: 'finished',
      stepId: 'begin#1',
      step: 'begin',
      attempt: 1,
      outcome,
      ...(recipeState === undefined ? {} : { recipeState }),
    },
  }) as EventDraft;
const published = (final: boolean): EventDraft => ({
  type: 'publish',
  payload: { final, artifact: { kind: 'result', value: 42 } },
});
const failed = (final: boolean, retryAt?: string): EventDraft => ({
  type: 'error',
  payload: { code: 'step.failed', message: 'no', final, ...(retryAt ? { retryAt } : {}) },
});
const killed: EventDraft = { type: 'kill', payload: { reason: 'requested' } };

describe('status and due time follow from the events', () => {
  const cases: readonly (readonly [string, readonly EventDraft[], string, number | null])[] = [
    ['born: the first step is due', [], 'running', AT_MS],
    ['a step runs: its lease', [wakeDraft(1), running()], 'running', AT_MS + LEASE_MS],
    [
      'asleep: the timer',
      [wakeDraft(1), sleepDraft()],
      'sleeping',
      Date.parse('2026-01-02T00:00Z'),
    ],
    [
      'asleep until a person speaks: nothing',
      [{ type: 'sleep', payload: { wake: { kind: 'human', signal: 'go' }, step: 'begin' } }],
      'sleeping',
      null,
    ],
    ['paused while asleep: nothing', [sleepDraft(), signalDraft('pause')], 'paused', null],
    [
      'paused at a step that runs: its lease',
      [running(), signalDraft('pause')],
      'paused',
      AT_MS + LEASE_MS,
    ],
    ['paused before a step: nothing', [signalDraft('pause')], 'paused', null],
    ['sealed while asleep: nothing', [sleepDraft(), signalDraft('seal')], 'paused', null],
    ['sealed at a step that runs: nothing', [running(), signalDraft('seal')], 'paused', null],
    [
      'unsealed: the timer again',
      [sleepDraft(), signalDraft('seal'), signalDraft('unseal')],
      'sleeping',
      Date.parse('2026-01-02T00:00Z'),
    ],
    [
      'unsealed during a pause: nothing',
      [sleepDraft(), signalDraft('pause'), signalDraft('seal'), signalDraft('unseal')],
      'paused',
      null,
    ],
    [
      'paused before a retry: nothing',
      [running(), failed(false, '2026-01-01T00:00:05.000Z'), signalDraft('pause')],
      'paused',
      null,
    ],
    [
      'resumed: as before',
      [sleepDraft(), signalDraft('pause'), signalDraft('resume')],
      'sleeping',
      Date.parse('2026-01-02T00:00Z'),
    ],
    [
      'a retry: its time',
      [running(), failed(false, '2026-01-01T00:00:05.000Z')],
      'running',
      AT_MS + 5_000,
    ],
    ['interrupted: at once', [running(), finished({ kind: 'interrupted' })], 'running', AT_MS],
    ['an artifact that is not the last: the next step', [published(false)], 'running', AT_MS],
    ['completed', [published(true)], 'completed', null],
    [
      'completed while paused',
      [running(), signalDraft('pause'), published(true)],
      'completed',
      null,
    ],
    ['failed', [failed(true)], 'failed', null],
    ['failed while paused', [signalDraft('pause'), failed(true)], 'failed', null],
    ['killed', [sleepDraft(), killed], 'killed', null],
    ['killed while paused', [signalDraft('pause'), killed], 'killed', null],
  ];
  for (const [what, drafts, status, dueMs] of cases) {
    it(what, () => {
      expect(after(...drafts)).toMatchObject({ status, dueMs });
    });
  }
});

describe('folding', () => {
  it('counts ticks, steps and artifacts', () => {
    expect(
      after(wakeDraft(1), running(), finished({ kind: 'next', step: 'begin' }), published(false)),
    ).toMatchObject({
      tick: 1,
      steps: 1,
      artifacts: 1,
      activity: { kind: 'next', step: 'begin' },
    });
  });

  it('hands the recipe its state on, and leaves it when a step said nothing', () => {
    expect(after(finished({ kind: 'next', step: 'begin' }, 7)).recipeState).toBe(7);
    expect(
      after(finished({ kind: 'next', step: 'begin' }, 7), finished({ kind: 'next', step: 'begin' }))
        .recipeState,
    ).toBe(7);
  });

  it('keeps a signal for the step after the wake, and forgets it at the next one', () => {
    const human: EventDraft = {
      type: 'wake',
      payload: {
        cause: { kind: 'human', causeId: 'human:r', signal: 'go' },
        waitId: 2,
        tick: 2,
        lateMs: 0,
        pending: ['timer'],
      },
    };
    const signalled = after(sleepDraft(), signalDraft('go', { payload: 1 }), human);
    expect(signalled.signal).toEqual({ name: 'go', payload: 1 });
    expect(signalled.lastWake?.pending).toEqual(['timer']);
    expect(
      after(sleepDraft(), signalDraft('go'), human, sleepDraft(), wakeDraft(3)).signal,
    ).toBeNull();
  });

  it('adds up what was charged', () => {
    const charge: EventDraft = {
      type: 'budget_charge',
      payload: {
        stepId: 'begin#1',
        attempt: 1,
        tier: 'haiku',
        microUsd: 120,
        inputTokens: 10,
        outputTokens: 3,
        latencyMs: 12.5,
        runtime: 'maestro',
      },
    };
    expect(after(charge, charge).budget).toMatchObject({
      spentMicroUsd: 240,
      inputTokens: 20,
      outputTokens: 6,
    });
  });

  it('takes position, hash, commit and done from the last event', () => {
    const sealed = sealLog([spawnDraft(), [signalDraft('pause'), { generation: 3 }]]);
    const last = sealed[1]?.event;
    const state = sealed.reduce<ContinuationState | null>(
      (current, { event }) => fold(current, event),
      null,
    );
    expect(state).toMatchObject({
      sequence: 2,
      generation: 3,
      hash: last?.hash,
      commit: last?.commit,
      done: last?.done,
    });
  });

  it('changes nothing of the state that it is given', () => {
    const before = after(sleepDraft());
    const text = JSON.stringify(before);
    const [, , next] = sealLog([spawnDraft(), sleepDraft(), signalDraft('pause')]);
    if (next) fold(before, next.event);
    expect(JSON.stringify(before)).toBe(text);
  });
});

describe('a log that cannot be is refused: log.corrupt', () => {
  const corrupt = expect.objectContaining({ code: 'log.corrupt' }) as Error;

  it('one that does not begin with spawn', () => {
    const [event] = sealLog([sleepDraft()]);
    expect(() => event && fold(null, event.event)).toThrow(corrupt);
  });

  it('one with a second spawn', () => {
    expect(() => after(spawnDraft())).toThrow(corrupt);
  });

  it('one with a gap', () => {
    const [first, , third] = sealLog([spawnDraft(), sleepDraft(), killed]);
    expect(() => first && third && fold(fold(null, first.event), third.event)).toThrow(corrupt);
  });
});

it('a seal leaves no trace in the state once it is gone', () => {
  expect(after(sleepDraft()).sealed).toBeUndefined();
  expect(after(sleepDraft(), signalDraft('seal')).sealed).toEqual({
    since: '2026-01-01T00:00:00.000Z',
    by: { subject: 'alice' },
  });
  const unsealed = after(sleepDraft(), signalDraft('seal'), signalDraft('unseal'));
  expect(Object.keys(unsealed)).toEqual(Object.keys(after(sleepDraft())));
});
