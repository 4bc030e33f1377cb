import type { ContinuationView } from '@maestro/client/protocol';
import { singleConditions, type ContinuationState, type StoredEvent } from '@maestro/core';

/** A continuation as `GET /continuations/{id}` shows it. */
export function viewOf(
  state: ContinuationState,
  lastEvents: readonly StoredEvent[],
): ContinuationView {
  const { budget, paused, sealed } = state;
  return {
    id: state.id,
    status: state.status,
    recipe: state.goal.recipe,
    goal: state.goal,
    sequence: state.sequence,
    generation: state.generation,
    tick: state.tick,
    createdAt: state.createdAt,
    updatedAt: state.updatedAt,
    // While a step runs, the log's own instant is the end of its first lease, which heartbeats extend in memory.
    dueAt:
      state.dueMs === null || state.activity?.kind === 'running'
        ? null
        : new Date(state.dueMs).toISOString(),
    waitingFor: state.wait ? [...singleConditions(state.wait.condition)] : [],
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
    result: state.result,
    failure: state.failure,
    traceId: state.trace.traceId,
    lastEvents: [...lastEvents],
  };
}

function usd(microUsd: number): number {
  return microUsd / 1_000_000;
}
