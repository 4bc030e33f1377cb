import type { ContinuationState } from '../continuation/continuation-state.ts';
import { isFinished } from '../continuation/continuation-state.ts';
import { clockDueMs, remindersOf } from '../wake/wake-condition.ts';

/**
 * When a continuation has to be looked at next, in ms since the epoch: the clock of its wait, the lease of its
 * running step, the retry or the next step that is pending; null when nothing but an event can move it.
 * A paused continuation still watches the lease of a step that runs, and nothing else; a sealed one nothing at all.
 */
export function dueMsOf(
  state: Pick<
    ContinuationState,
    'status' | 'paused' | 'sealed' | 'activity' | 'wait' | 'updatedAt'
  >,
): number | null {
  if (isFinished(state.status) || state.sealed) return null;
  const { activity } = state;
  if (activity?.kind === 'running') return Date.parse(activity.since) + activity.leaseMs;
  if (state.paused) return null;
  if (activity?.kind === 'retry') return Date.parse(activity.at);
  if (activity?.kind === 'next') return Date.parse(state.updatedAt);
  if (!state.wait) return null;
  const { condition, reminded = 0 } = state.wait;
  const reminder = remindersOf(condition)[reminded];
  const dues = [clockDueMs(condition), reminder ? Date.parse(reminder.at) : null].filter(
    (due) => due !== null,
  );
  return dues.length > 0 ? Math.min(...dues) : null;
}
