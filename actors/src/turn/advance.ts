import {
  isFinished,
  MaestroError,
  readOutcome,
  shortened,
  type ContinuationState,
  type EventDraft,
  type JsonValue,
  type Recipe,
  type StepContext,
  type StepOutcome,
} from '@maestro/core';
import type { DecideContext } from './decision.ts';
import { forkByStep } from './fork.ts';
import type { TurnDraft } from './turn-draft.ts';

/** Events that one turn makes at most before it leaves the rest to the next: keeps a commit within a store's limits. */
const MAX_EVENTS_PER_TURN = 40;

/**
 * After this many bytes a turn runs no further step: two rows and two heads of the largest size on top of it still fit
 * a transaction of every supported store (1.5 MB).
 */
const MAX_TURN_BYTES = 64 * 1024;

/** How long an attempt of a detached step may be silent before it counts as lost, in ms. */
export const LEASE_MS = 30_000;

/** Longest error message that goes into the log, in characters. */
export const MAX_MESSAGE_LENGTH = 1000;

/** How often the host of a step may die before the step is given up: a step that kills its host must not do so for ever. */
const MAX_LOST_ATTEMPTS = 20;

/** Goes on with the tick: runs inline steps, and stops where a detached one has to start, or at the end of the tick. */
export function advance(draft: TurnDraft, recipe: Recipe, context: DecideContext): void {
  const { nowMs, draining } = context;
  for (;;) {
    const { state } = draft;
    if (state.paused || isFinished(state.status)) return;
    if (draft.events.length >= MAX_EVENTS_PER_TURN || draft.bytes >= MAX_TURN_BYTES) return;
    const { activity } = state;
    if (activity?.kind === 'retry' && Date.parse(activity.at) <= nowMs) {
      if (!draining) intend(draft, activity.step, activity.stepId, activity.attempt);
      return;
    }
    if (activity?.kind !== 'next') return;
    const step = recipe.steps[activity.step];
    const stepId = `${activity.step}#${state.steps + 1}`;
    if (!step) {
      failFinally(
        draft,
        new MaestroError(
          'step.outcome_invalid',
          `${recipe.reference} has no step '${activity.step}'`,
        ),
      );
    } else if (!step.inline) {
      // A host that shuts down leaves the step to its successor, which need not wait for a lease.
      if (draining) return;
      intend(draft, activity.step, stepId, 1);
    } else {
      try {
        const returned = step.run(
          stepContextOf(recipe, state, stepId, nowMs),
          recipe.state.parse(state.recipeState),
        );
        finishStep(draft, recipe, { step: activity.step, stepId, attempt: 1 }, returned, context);
      } catch (error) {
        // An inline step is pure: run again it would throw again.
        failFinally(draft, error, stepId);
      }
    }
  }
}

/** Records what a step returned, and what follows from it. */
export function finishStep(
  draft: TurnDraft,
  recipe: Recipe,
  run: { readonly step: string; readonly stepId: string; readonly attempt: number },
  returned: unknown,
  context: DecideContext,
): void {
  const { outcome: read, children, recipeState } = readOutcome(recipe, returned, context);
  const outcome = claimedOutcome(draft, read);
  draft.add(
    {
      type: 'step',
      payload: {
        phase: 'finished',
        ...run,
        outcome,
        ...(recipeState === undefined ? {} : { recipeState }),
      },
    },
    ...consequenceOf(outcome, run.stepId),
    ...(children && outcome.kind === 'fork'
      ? [
          forkByStep(
            after(draft.state, recipeState),
            { children, step: outcome.step },
            draft.state.sequence + 2,
            recipe,
            context,
          ),
        ]
      : []),
  );
}

function after(state: ContinuationState, recipeState: JsonValue | undefined): ContinuationState {
  return recipeState === undefined ? state : { ...state, recipeState };
}

/** The outcome with its result as the log can hold it. */
function claimedOutcome(draft: TurnDraft, outcome: StepOutcome): StepOutcome {
  if (outcome.kind === 'complete') return { ...outcome, result: draft.claimed(outcome.result) };
  if (outcome.kind !== 'publish') return outcome;
  const { artifact } = outcome;
  return { ...outcome, artifact: { ...artifact, value: draft.claimed(artifact.value) } };
}

/** The event that says what comes after a step, where the step's own event does not. */
function consequenceOf(outcome: StepOutcome, stepId: string): readonly EventDraft[] {
  switch (outcome.kind) {
    case 'sleep':
      return [{ type: 'sleep', payload: { wake: outcome.wake, step: outcome.step } }];
    case 'publish':
      return [
        {
          type: 'publish',
          payload: { final: false, artifact: outcome.artifact, next: outcome.step },
        },
      ];
    case 'complete':
      return [
        {
          type: 'publish',
          payload: { final: true, artifact: { kind: 'result', value: outcome.result } },
        },
      ];
    case 'fail':
      return [
        {
          type: 'error',
          payload: { code: 'step.failed', message: outcome.message, final: true, stepId },
        },
      ];
    case 'next':
    case 'fork':
    case 'interrupted':
      return [];
  }
}

/** The attempt that runs is lost (its lease ran out): runs the step again, or gives up after many. */
export function replaceLostAttempt(draft: TurnDraft): void {
  const { activity, paused } = draft.state;
  if (activity?.kind !== 'running') return;
  const { step, stepId, attempt } = activity;
  if (attempt >= MAX_LOST_ATTEMPTS) {
    failFinally(
      draft,
      new MaestroError('step.failed', `attempt ${attempt} of ${stepId} was lost with its host`),
      stepId,
    );
  } else if (paused) {
    draft.add(interrupted({ step, stepId, attempt }));
  } else {
    intend(draft, step, stepId, attempt + 1);
  }
}

/** The event that an attempt was given up; the next one is due at once. */
export function interrupted(run: {
  readonly step: string;
  readonly stepId: string;
  readonly attempt: number;
}): EventDraft {
  const { step, stepId, attempt } = run;
  return {
    type: 'step',
    payload: { phase: 'finished', step, stepId, attempt, outcome: { kind: 'interrupted' } },
  };
}

/** Fails the continuation. */
export function failFinally(draft: TurnDraft, error: unknown, stepId?: string): void {
  const code = error instanceof MaestroError ? error.code : 'step.failed';
  const message = error instanceof Error ? error.message : String(error);
  draft.add({
    type: 'error',
    payload: {
      code,
      // Before it is cut: half a value would not be found.
      message: shortened(draft.withoutPersonalData(message), MAX_MESSAGE_LENGTH),
      final: true,
      ...(stepId ? { stepId } : {}),
    },
  });
}

function intend(draft: TurnDraft, step: string, stepId: string, attempt: number): void {
  draft.add({
    type: 'step',
    payload: { phase: 'intended', step, stepId, attempt, leaseMs: LEASE_MS },
  });
}

/** What a step can see of a continuation. */
export function stepContextOf(
  recipe: Recipe,
  state: ContinuationState,
  stepId: string,
  nowMs: number,
): StepContext<unknown> {
  return {
    tenant: state.tenant,
    continuation: state.id,
    parameters: recipe.parameters.parse(state.goal.parameters),
    goal: state.goal,
    stepId,
    nowMs,
    tick: state.tick,
    wake: state.lastWake
      ? {
          cause: state.lastWake.cause,
          lateMs: state.lastWake.lateMs,
          ...(state.lastWake.item === undefined ? {} : { item: state.lastWake.item }),
        }
      : null,
    signal: state.signal
      ? {
          name: state.signal.name,
          ...(state.signal.payload === undefined ? {} : { payload: state.signal.payload }),
        }
      : null,
    budget: state.budget,
    merged: state.merge?.merged ? { ...state.merge.merged, parents: state.merge.parents } : null,
  };
}
