import { standingOf } from '@maestro/actors';
import type { ContinuationView } from '@maestro/client/protocol';
import type { ContinuationState, StoredEvent } from '@maestro/core';

/** A continuation as `GET /continuations/{id}` shows it. */
export function viewOf(
  state: ContinuationState,
  lastEvents: readonly StoredEvent[],
): ContinuationView {
  const { budget, paused, sealed } = state;
  return {
    ...standingOf(state),
    goal: state.goal,
    activity: state.activity,
    paused: paused ? { since: paused.since, by: { subject: paused.by.subject } } : null,
    ...(sealed ? { sealed: { since: sealed.since, by: { subject: sealed.by.subject } } } : {}),
    budget: {
      capUsd: usd(budget.capMicroUsd),
      softCapUsd: usd(budget.softCapMicroUsd),
      spentUsd: usd(budget.spentMicroUsd),
      reservedUsd: usd(budget.reservedMicroUsd),
      grantedUsd: usd(budget.grantedMicroUsd ?? 0),
      inputTokens: budget.inputTokens,
      outputTokens: budget.outputTokens,
    },
    lineage: state.lineage,
    children: state.offspring?.children ?? 0,
    lastWake: state.lastWake,
    traceId: state.trace.traceId,
    lastEvents: [...lastEvents],
  };
}

function usd(microUsd: number): number {
  return microUsd / 1_000_000;
}
