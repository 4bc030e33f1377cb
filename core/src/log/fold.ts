import {
  FOLD_VERSION,
  REMEMBERED_REQUESTS,
  STATE_SCHEMA_VERSION,
  type ContinuationState,
} from '../continuation/continuation-state.ts';
import { MaestroError } from '../errors/maestro-error.ts';
import type { EventPayload } from '../event/event-payloads.ts';
import type { ContinuationEvent } from '../event/stored-event.ts';
import { awaitsSignal, singleConditions, type WakeCondition } from '../wake/wake-condition.ts';
import { siblingTopicName } from '../topic/topic-ref.ts';
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
  return inLine(next);
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
  const { copied, merge } = payload;
  const wake: WakeCondition | undefined = merge
    ? {
        kind: 'parents',
        need: merge.need,
        ...(merge.deadline === undefined ? {} : { deadline: merge.deadline }),
      }
    : copied?.wake;
  return inLine({
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
    tick: copied?.tick ?? 0,
    steps: copied?.steps ?? 0,
    recipeState: payload.recipeState,
    activity: wake ? null : { kind: 'next', step: payload.firstStep },
    wait: wake ? { waitId: 1, since: event.at, condition: wake, step: payload.firstStep } : null,
    paused: null,
    lastWake: copied?.lastWake ?? null,
    signal: copied?.signal ?? null,
    requests: [],
    artifacts: 0,
    ...(merge ? { merge: { ...merge, inputs: [] } } : {}),
    ...(copied?.merge ? { merge: copied.merge } : {}),
    result: null,
    failure: null,
  });
}

/** Brings status and due time in line with the rest. */
function inLine(state: ContinuationState): ContinuationState {
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
          ...(event.payload.item === undefined ? {} : { item: event.payload.item }),
        },
        ...cursorsAfter(state, event.payload),
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
        ...(event.payload.reminder === undefined || !state.wait
          ? {}
          : { wait: { ...state.wait, reminded: event.payload.reminder } }),
        ...(event.payload.final
          ? { result: event.payload.artifact, activity: null, wait: null, paused: null }
          : {}),
      };
    case 'kill':
      return { status: 'killed', activity: null, wait: null, paused: null };
    case 'error':
      return failed(state, event.payload);
    case 'human_signal':
      return signalled(state, event);
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
    case 'fork':
      return forked(state, event.sequence, event.payload);
    case 'merge':
      return event.payload.role === 'parent'
        ? joined(state, event.sequence, event.payload)
        : merging(state, event.payload);
    case 'model_call':
    case 'tool_call':
      return {};
  }
}

function forked(
  state: ContinuationState,
  sequence: number,
  { children, requestId, requestHash }: EventPayload<'fork'>,
): Changes {
  const { budget, offspring } = state;
  const granted = children.reduce((sum, { budgetMicroUsd }) => sum + budgetMicroUsd, 0);
  const fork = { sequence, children: children.length };
  return {
    budget: { ...budget, grantedMicroUsd: (budget.grantedMicroUsd ?? 0) + granted },
    offspring: {
      sequences: [...(offspring?.sequences ?? []), sequence],
      children: (offspring?.children ?? 0) + children.length,
    },
    ...(requestId === undefined
      ? {}
      : { requests: remembered(state, { id: requestId, hash: requestHash ?? null, fork }) }),
  };
}

/** How far it has come in the topic that woke it. */
function cursorsAfter(
  { cursors, lineage }: ContinuationState,
  { cause, position }: EventPayload<'wake'>,
): Changes {
  if (position === undefined) return {};
  if (cause.kind === 'stream') {
    return { cursors: { ...cursors, [`stream/${cause.stream}`]: position } };
  }
  if (cause.kind !== 'sibling') return {};
  const topic = siblingTopicName(lineage.root, cause.tag, cause.within);
  return { cursors: { ...cursors, [`sibling/${topic}`]: position } };
}

/** In a parent: it is asked for, or hands itself over with what is left of its budget. */
function joined(
  state: ContinuationState,
  sequence: number,
  { child, function: name, settled = false, returnedMicroUsd = 0 }: EventPayload<'merge'>,
): Changes {
  const { budget, joins = [], offspring } = state;
  const known = joins.some((join) => join.child === child);
  return {
    joins: [...joins.filter((join) => join.child !== child), { child, function: name, settled }],
    ...(known
      ? {}
      : {
          offspring: {
            sequences: [...(offspring?.sequences ?? []), sequence],
            children: (offspring?.children ?? 0) + 1,
          },
        }),
    ...(returnedMicroUsd === 0
      ? {}
      : {
          budget: {
            ...budget,
            grantedMicroUsd: (budget.grantedMicroUsd ?? 0) + returnedMicroUsd,
          },
        }),
  };
}

/** In the child: a parent has brought something, or the merge is done. */
function merging(
  state: ContinuationState,
  { input, merged, returnedMicroUsd = 0 }: EventPayload<'merge'>,
): Changes {
  const { budget, merge } = state;
  if (!merge) return {};
  const cap = budget.capMicroUsd + returnedMicroUsd;
  return {
    merge: {
      ...merge,
      inputs: input ? [...merge.inputs, input] : merge.inputs,
      ...(merged ? { merged } : {}),
    },
    budget: {
      ...budget,
      capMicroUsd: cap,
      softCapMicroUsd: budget.softCapMicroUsd + Math.floor(returnedMicroUsd * 0.8),
    },
  };
}

function remembered(
  { requests }: ContinuationState,
  request: ContinuationState['requests'][number],
): ContinuationState['requests'] {
  return [...requests, request].slice(-REMEMBERED_REQUESTS);
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
  { at, sequence, payload }: ContinuationEvent & { readonly type: 'human_signal' },
): Changes {
  const requests = remembered(state, {
    id: payload.requestId,
    hash: payload.requestHash ?? null,
  });
  if (payload.signal === 'pause') return { requests, paused: { since: at, by: payload.by } };
  // What it was found while it was paused or sealed was let go: it subscribes anew, under another name.
  const again = state.wait ? { wait: { ...state.wait, subscribed: sequence } } : {};
  if (payload.signal === 'resume') {
    return { requests, paused: null, ...(waitsForTopics(state) ? again : {}) };
  }
  if (payload.signal === 'seal') return { requests, sealed: { since: at, by: payload.by } };
  if (payload.signal === 'kill') return { requests };
  if (payload.signal === 'unseal') {
    return { requests, ...(waitsForTopics(state) ? { ...again, ...elsewhere(state) } : {}) };
  }
  const awaited = awaitsSignal(state.wait?.condition, payload.signal);
  if (payload.signal === 'skip' && !awaited) {
    const { ms } = payload.payload as { readonly ms: number };
    return { requests, skippedMs: (state.skippedMs ?? 0) + ms };
  }
  if (payload.signal === 'redirect' && !awaited) {
    const change = payload.payload as Partial<ContinuationState['goal']>;
    return { requests, goal: { ...state.goal, ...change } };
  }
  return {
    requests,
    signal: {
      name: payload.signal,
      ...(payload.payload === undefined ? {} : { payload: payload.payload }),
    },
  };
}

function waitsForTopics({ wait }: ContinuationState): boolean {
  return (
    wait !== null &&
    singleConditions(wait.condition).some(({ kind }) => kind === 'stream' || kind === 'sibling')
  );
}

/** It may have come to another store, whose topics count their items anew: items count from its last wake. */
function elsewhere({ lastWake, createdAt }: ContinuationState): Changes {
  return { cursors: {}, itemsSince: lastWake?.at ?? createdAt };
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
  if (outcome.kind === 'next' || outcome.kind === 'publish' || outcome.kind === 'fork') {
    return { ...common, activity: { kind: 'next', step: outcome.step } };
  }
  // The sleep, publish or error event that follows in the same commit says what comes next.
  return { ...common, activity: null };
}

/** The count in a step id `{step}#{count}`. */
function stepNumber(stepId: string): number {
  return Number(stepId.slice(stepId.indexOf('#') + 1));
}
