import {
  isFinished,
  singleConditions,
  type ContinuationState,
  type SingleWakeCondition,
  type WakeCause,
} from '@maestro/core';
import { advance, replaceLostAttempt } from './advance.ts';
import type { DecideContext } from './decision.ts';
import type { TurnDraft } from './turn-draft.ts';

/** Whether a step only waits for being started. */
export function canGoOn({ activity, paused, sealed }: ContinuationState, nowMs: number): boolean {
  if (paused || sealed || !activity) return false;
  return (
    activity.kind === 'next' || (activity.kind === 'retry' && Date.parse(activity.at) <= nowMs)
  );
}

/** Does whatever is due by the clock. */
export function goOn(draft: TurnDraft, context: DecideContext): void {
  const { nowMs, leaseEnded } = context;
  const { state } = draft;
  if (isFinished(state.status) || state.sealed) return;
  const { activity, wait } = state;
  if (activity?.kind === 'running') {
    if (leaseEnded) replaceLostAttempt(draft);
    return;
  }
  if (state.paused) return;
  const due = wait ? dueCondition(singleConditions(wait.condition), nowMs) : undefined;
  if (wait && due)
    beginTick(
      draft,
      clockCause(due, wait.waitId),
      nowMs - Date.parse(due.at),
      othersOf(wait.condition, due.condition),
    );
  goOnWith(draft, context);
}

/** Goes on with the steps of the tick, if one is pending. */
export function goOnWith(draft: TurnDraft, context: DecideContext): void {
  // A recipe that this host does not know makes the turn fail: the wake is delivered again, to a host that may.
  if (draft.state.activity) {
    advance(draft, context.recipes.get(draft.state.goal.recipe), context);
  }
}

interface DueCondition {
  readonly condition: SingleWakeCondition;
  readonly at: string;
}

function dueCondition(
  conditions: readonly SingleWakeCondition[],
  nowMs: number,
): DueCondition | undefined {
  return conditions
    .flatMap((condition): DueCondition[] => {
      if (condition.kind === 'timer') return [{ condition, at: condition.at }];
      return condition.kind === 'human' && condition.timeout
        ? [{ condition, at: condition.timeout }]
        : [];
    })
    .filter(({ at }) => Date.parse(at) <= nowMs)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))[0];
}

function clockCause({ condition, at }: DueCondition, waitId: number): WakeCause {
  return condition.kind === 'human'
    ? { kind: 'timeout', causeId: `timeout:${waitId}`, at, signal: condition.signal }
    : { kind: 'timer', causeId: `timer:${waitId}`, at };
}

/** What a sleep waited for besides the condition that ended it. */
export function othersOf(
  condition: Parameters<typeof singleConditions>[0],
  fired: SingleWakeCondition,
): string[] {
  return singleConditions(condition)
    .filter((single) => single !== fired)
    .map((single) => (single.kind === 'human' ? `human:${single.signal}` : single.kind));
}

/** Begins a tick; a sleep that is under way ends with it. */
export function beginTick(
  draft: TurnDraft,
  cause: WakeCause,
  lateMs: number,
  pending: readonly string[],
): void {
  const { wait, tick } = draft.state;
  draft.add({
    type: 'wake',
    payload: {
      cause,
      waitId: wait?.waitId ?? null,
      tick: tick + 1,
      lateMs: Math.max(0, Math.round(lateMs)),
      pending: [...pending],
    },
  });
}
