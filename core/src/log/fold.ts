import {
  FOLD_VERSION,
  REMEMBERED_REQUESTS,
  STATE_SCHEMA_VERSION,
  type ContinuationState,
} from '../continuation/continuation-state.ts';
import { MaestroError } from '../errors/maestro-error.ts';
import type { EventPayload } from '../event/event-payloads.ts';
import type { ContinuationEvent } from '../event/stored-event.ts';
import { dueMsOf } from './due.ts';

/**
 * The state after one more event: pure, so folding a log always gives the same bytes. The turn folds each event that
 * it commits, `verify` folds the whole log again and compares.
 *
 * @throws MaestroError `log.corrupt` when the event cannot follow on the state.
 */
export function fold(state: ContinuationState | null, event: ContinuationEvent): ContinuationState {
  if (state === null) return born(event);
  if (event.sequence !== state.sequence + 1) {
    throw new MaestroError(
      'log.corrupt',
      `event ${event.sequence} of ${state.id} cannot follow on event ${state.sequence}`,
    );
  }
  const next: ContinuationState = {
    ...(endsSeal(event) ? withoutSeal(state) : state),
    ...changes(state, event),
    generation: event.generation,
    sequence: event.sequence,
    hash: event.hash,
    commit: event.commit,
    done: event.done,
    updatedAt: event.at,
  };
  return settled(next);
}

function endsSeal(event: ContinuationEvent): boolean {
  return event.type === 'human_signal' && event.payload.signal === 'unseal';
}

function withoutSeal(state: ContinuationState): ContinuationState {
  const { sealed: _ended, ...rest } = state;
  return rest;
}

function born(event: ContinuationEvent): ContinuationState {
  if (event.type !== 'spawn' || event.sequence !== 1) {
    throw new MaestroError('log.corrupt', `a log begins with spawn, not with ${event.type}`);
  }
  const { payload } = event;
  return settled({
    schemaVersion: STATE_SCHEMA_VERSION,
    foldVersion: FOLD_VERSION,
    tenant: event.tenant,
    id: event.continuation,
    status: 'running',
    generation: event.generation,
    sequence: 1,
    hash: event.hash,
    commit: event.commit,
    done: event.done,
    dueMs: null,
    goal: payload.goal,
    budget: payload.budget,
    lineage: payload.lineage,
    trace: { traceId: event.trace.traceId },
    requestHash: payload.requestHash,
    createdAt: event.at,
    updatedAt: event.at,
    tick: 0,
    steps: 0,
    recipeState: payload.recipeState,
    activity: { kind: 'next', step: payload.firstStep },
    wait: null,
    paused: null,
    lastWake: null,
    signal: null,
    requests: [],
    artifacts: 0,
    result: null,
    failure: null,
  });
}

/** Brings status and due time in line with the rest. */
function settled(state: ContinuationState): ContinuationState {
  const status = state.result
    ? 'completed'
    : state.failure
      ? 'failed'
      : state.status === 'killed'
        ? 'killed'
        : state.paused || state.sealed
          ? 'paused'
          : state.wait
            ? 'sleeping'
            : 'running';
  const next = { ...state, status } satisfies ContinuationState;
  return { ...next, dueMs: dueMsOf(next) };
}

type Changes = Partial<ContinuationState>;

function changes(state: ContinuationState, event: ContinuationEvent): Changes {
  switch (event.type) {
    case 'spawn':
      throw new MaestroError('log.corrupt', `a second spawn in the log of ${state.id}`);
    case 'wake':
      return {
        tick: event.payload.tick,
        wait: null,
        activity: state.wait ? { kind: 'next', step: state.wait.step } : state.activity,
        lastWake: {
          cause: event.payload.cause,
          at: event.at,
          lateMs: event.payload.lateMs,
          pending: event.payload.pending,
        },
        ...(event.payload.cause.kind === 'human' ? {} : { signal: null }),
      };
    case 'sleep':
      return {
        activity: null,
        wait: {
          waitId: event.sequence,
          since: event.at,
          condition: event.payload.wake,
          step: event.payload.step,
        },
      };
    case 'publish':
      return {
        artifacts: state.artifacts + 1,
        ...(event.payload.final
          ? { result: event.payload.artifact, activity: null, wait: null, paused: null }
          : {}),
      };
    case 'kill':
      return { status: 'killed', activity: null, wait: null, paused: null };
    case 'error':
      return failed(state, event.payload);
    case 'human_signal':
      return signalled(state, event.at, event.payload);
    case 'step':
      return stepped(state, event.at, event.payload);
    case 'budget_charge':
      return {
        budget: {
          ...state.budget,
          spentMicroUsd: state.budget.spentMicroUsd + event.payload.microUsd,
          inputTokens: state.budget.inputTokens + event.payload.inputTokens,
          outputTokens: state.budget.outputTokens + event.payload.outputTokens,
        },
      };
    case 'model_call':
    case 'tool_call':
    case 'fork':
    case 'merge':
      return {};
  }
}

function failed(state: ContinuationState, payload: EventPayload<'error'>): Changes {
  if (payload.final) {
    return {
      failure: { code: payload.code, message: payload.message },
      activity: null,
      wait: null,
      paused: null,
    };
  }
  const { activity } = state;
  if (activity?.kind !== 'running' || !payload.retryAt) return {};
  return {
    activity: {
      kind: 'retry',
      step: activity.step,
      stepId: activity.stepId,
      attempt: activity.attempt + 1,
      at: payload.retryAt,
    },
  };
}

function signalled(
  state: ContinuationState,
  at: string,
  payload: EventPayload<'human_signal'>,
): Changes {
  const request = { id: payload.requestId, hash: payload.requestHash ?? null };
  const requests = [...state.requests, request].slice(-REMEMBERED_REQUESTS);
  if (payload.signal === 'pause') return { requests, paused: { since: at, by: payload.by } };
  if (payload.signal === 'resume') return { requests, paused: null };
  if (payload.signal === 'seal') return { requests, sealed: { since: at, by: payload.by } };
  if (payload.signal === 'kill' || payload.signal === 'unseal') return { requests };
  return {
    requests,
    signal: {
      name: payload.signal,
      ...(payload.payload === undefined ? {} : { payload: payload.payload }),
    },
  };
}

function stepped(state: ContinuationState, at: string, payload: EventPayload<'step'>): Changes {
  const { step, stepId, attempt } = payload;
  if (payload.phase === 'intended') {
    return {
      steps: Math.max(state.steps, stepNumber(stepId)),
      activity: { kind: 'running', step, stepId, attempt, since: at, leaseMs: payload.leaseMs },
    };
  }
  const { outcome } = payload;
  const common = {
    steps: Math.max(state.steps, stepNumber(stepId)),
    ...(payload.recipeState === undefined ? {} : { recipeState: payload.recipeState }),
  };
  if (outcome.kind === 'interrupted') {
    return { ...common, activity: { kind: 'retry', step, stepId, attempt: attempt + 1, at } };
  }
  if (outcome.kind === 'next' || outcome.kind === 'publish') {
    return { ...common, activity: { kind: 'next', step: outcome.step } };
  }
  // The sleep, publish or error event that follows in the same commit says what comes next.
  return { ...common, activity: null };
}

/** The count in a step id `{step}#{count}`. */
function stepNumber(stepId: string): number {
  return Number(stepId.slice(stepId.indexOf('#') + 1));
}
