import { singleConditions, type ContinuationState, type SingleWakeCondition } from '@maestro/core';

/** Where a continuation stands, as `look` answers; the names are those of `GET /continuations/{id}`. */
export interface Standing {
  readonly id: string;
  readonly status: ContinuationState['status'];
  readonly recipe: string;
  /** Of the last event. */
  readonly sequence: number;
  readonly generation: number;
  readonly tick: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** When it looks by itself whether anything is due; null: when somebody speaks to it. */
  readonly dueAt: string | null;
  readonly waitingFor: SingleWakeCondition[];
  /** What it came to, once it has completed. */
  readonly result: ContinuationState['result'];
  /** Why it failed, once it has. */
  readonly failure: ContinuationState['failure'];
}

/** Where a continuation stands by its state. */
export function standingOf(state: ContinuationState): Standing {
  const { dueMs, activity, wait } = state;
  return {
    id: state.id,
    status: state.status,
    recipe: state.goal.recipe,
    sequence: state.sequence,
    generation: state.generation,
    tick: state.tick,
    createdAt: state.createdAt,
    updatedAt: state.updatedAt,
    // While a step runs, the log's own instant is the end of its first lease, which heartbeats extend in memory.
    dueAt: dueMs === null || activity?.kind === 'running' ? null : new Date(dueMs).toISOString(),
    waitingFor: wait ? [...singleConditions(wait.condition)] : [],
    result: state.result,
    failure: state.failure,
  };
}
