import { isFinished, remainderOf, type ContinuationState, type EventDraft } from '@maestro/core';

/** What a continuation that has ended still has to say to merges that wait for it; the first gets what is left of its budget. */
export function settlementsOf(state: ContinuationState): readonly EventDraft[] {
  if (!isFinished(state.status)) return [];
  const open = state.joins?.filter(({ settled }) => !settled) ?? [];
  return open.map(({ child, function: name }, index) => ({
    type: 'merge',
    payload: {
      role: 'parent',
      child,
      parents: [state.id],
      function: name,
      settled: true,
      returnedMicroUsd: index === 0 ? remainderOf(state.budget) : 0,
    },
  }));
}
