import {
  clockOf,
  isFinished,
  remindersOf,
  singleConditions,
  type ContinuationState,
  type SingleWakeCondition,
  type WakeCause,
} from '@maestro/core';
import { replaceLostAttempt } from './advance.ts';
import type { DecideContext } from './decision.ts';
import { mergeIfReady } from './merge.ts';
import { beginTick, goOnWith, othersOf } from './tick.ts';
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
  if (wait?.condition.kind === 'parents') return mergeIfReady(draft, context, due?.at);
  if (wait && due)
    beginTick(
      draft,
      clockCause(due, wait.waitId),
      nowMs - Date.parse(due.at),
      othersOf(wait.condition, due.condition),
    );
  else if (wait) remind(draft, nowMs);
  goOnWith(draft, context);
}

/** Publishes the reminders that are due of what a sleep waits for. */
function remind(draft: TurnDraft, nowMs: number): void {
  const { wait } = draft.state;
  if (!wait) return;
  for (const reminder of remindersOf(wait.condition).slice(wait.reminded ?? 0)) {
    if (Date.parse(reminder.at) > nowMs) return;
    const { condition, roles, number } = reminder;
    draft.add({
      type: 'publish',
      payload: {
        final: false,
        reminder: number,
        artifact: {
          kind: 'reminder',
          value: {
            signal: condition.signal,
            roles: [...(condition.roles ?? []), ...roles],
            ...(condition.timeout === undefined ? {} : { timeout: condition.timeout }),
          },
        },
      },
    });
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
      const at = clockOf(condition);
      return at === undefined ? [] : [{ condition, at }];
    })
    .filter(({ at }) => Date.parse(at) <= nowMs)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))[0];
}

function clockCause({ condition, at }: DueCondition, waitId: number): WakeCause {
  return condition.kind === 'human'
    ? { kind: 'timeout', causeId: `timeout:${waitId}`, at, signal: condition.signal }
    : { kind: 'timer', causeId: `timer:${waitId}`, at };
}
