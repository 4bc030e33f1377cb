import {
  deriveChildId,
  isFinished,
  MaestroError,
  newBudget,
  readRecipeState,
  redact,
  redactJsonTexts,
  remainderOf,
  sha256Hex,
  traceparentOf,
  type Birth,
  type ChildOutcome,
  type ContinuationEvent,
  type ContinuationState,
  type CopiedState,
  type EventDraft,
  type EventPayload,
  type JsonValue,
  type Recipe,
  type TextRedactor,
} from '@maestro/core';
import type { CommandOf } from './command.ts';
import type { DecideContext } from './decision.ts';

/** Children that one fork makes at most. */
export const MAX_CHILDREN = 100;

type ForkPayload = EventPayload<'fork'>;

/** What a child is to be, as a fork names it. */
type ChildSpec = { readonly [K in keyof ChildOutcome]: ChildOutcome[K] | undefined };

/**
 * How a copy of a continuation begins: where `past` is at, asleep or with the step that is due or under way.
 *
 * @throws MaestroError `fork.event_unusable` when nothing goes on from there.
 */
export function copyOf(past: ContinuationState): Birth {
  const { activity, wait } = past;
  const firstStep = wait?.step ?? activity?.step;
  if (wait?.condition.kind === 'parents') {
    throw new MaestroError(
      'fork.event_unusable',
      `${past.id} waits for its parents, who hand themselves over to it alone: fork from an event after that`,
    );
  }
  if (isFinished(past.status) || firstStep === undefined) {
    throw new MaestroError(
      'fork.event_unusable',
      isFinished(past.status)
        ? `${past.id} had ended with event ${past.sequence}: fork from an earlier one`
        : `event ${past.sequence} of ${past.id} is in the middle of a commit: fork from the one after it`,
    );
  }
  return {
    goal: past.goal,
    firstStep,
    recipeState: past.recipeState,
    // Before its first tick there is nothing to copy but where its recipe starts.
    ...(past.tick === 0 ? {} : { copied: tickOf(past) }),
  };
}

function tickOf({ tick, steps, wait, signal, lastWake, merge }: ContinuationState): CopiedState {
  return {
    tick,
    steps,
    ...(wait ? { wake: wait.condition } : {}),
    ...(signal ? { signal } : {}),
    ...(lastWake ? { lastWake } : {}),
    ...(merge ? { merge } : {}),
  };
}

/** The fork event of a step's outcome; `sequence` is the event's. @throws MaestroError when it is refused. */
export function forkByStep(
  state: ContinuationState,
  {
    children: given,
    step: firstStep,
  }: { readonly children: readonly ChildSpec[]; readonly step: string },
  sequence: number,
  recipe: Recipe,
  context: DecideContext,
): EventDraft {
  checkFamily(state, given.length, context);
  const children = redactJsonTexts(given, context.texts);
  const births = children.map((child, index) => {
    if ((child.step === undefined) === (child.recipe === undefined)) {
      throw new MaestroError(
        'step.outcome_invalid',
        `child ${index} of a fork of ${recipe.reference} needs a step or a recipe, and not both`,
      );
    }
    if (child.step !== undefined && !Object.hasOwn(recipe.steps, child.step)) {
      throw new MaestroError(
        'step.outcome_invalid',
        `${recipe.reference} has no step '${child.step}' for child ${index} of its fork`,
      );
    }
    if (child.recipe !== undefined) {
      return startOf(state, child, context.recipes.get(child.recipe), context.texts);
    }
    const goal = goalOf(state.goal, child, recipe, index);
    return {
      ...(goal === state.goal ? {} : { goal }),
      ...(child.step === undefined ? {} : { firstStep: child.step }),
      ...(child.state === undefined
        ? {}
        : { recipeState: readRecipeState(recipe, child.state, context.texts) }),
    };
  });
  // What the children have in common is there once.
  const birth = { goal: state.goal, firstStep, recipeState: state.recipeState };
  return {
    type: 'fork',
    payload: { children: childrenOf(state, children, births, sequence), birth },
  };
}

/** The fork event that somebody asked for; `past` is the state that is copied. @throws MaestroError when it is refused. */
export function forkByRequest(
  state: ContinuationState,
  past: ContinuationState,
  command: CommandOf<'fork'>,
  requestHash: string,
  context: DecideContext,
): EventDraft {
  checkFamily(state, command.children.length, context);
  const birth = copyOf(past);
  const recipe = context.recipes.get(past.goal.recipe);
  const births = command.children.map((child, index) => {
    const goal = goalOf(past.goal, child, recipe, index);
    return goal === past.goal ? undefined : { goal };
  });
  return {
    type: 'fork',
    payload: {
      children: childrenOf(state, command.children, births, state.sequence + 1),
      from: past.sequence,
      birth,
      requestId: command.requestId,
      requestHash,
      by: command.by,
    },
  };
}

/** The spawn commands that a fork event stands for, with the ids of the children: the same whenever it is read. */
export function spawnsOf(
  { lineage }: Pick<ContinuationState, 'lineage'>,
  event: ContinuationEvent & { readonly type: 'fork' },
): readonly { readonly id: string; readonly command: CommandOf<'spawn'> }[] {
  const { tenant, continuation: parent, sequence, payload } = event;
  return payload.children.map((child) => {
    const { goal, ...beginning } = { ...payload.birth, ...child.birth } as Birth;
    return {
      id: child.id,
      command: {
        kind: 'spawn',
        goal,
        beginning,
        budget: newBudget(child.budgetMicroUsd),
        lineage: {
          root: lineage.root,
          parents: [{ id: parent, kind: 'fork', sequence: payload.from ?? sequence }],
          depth: lineage.depth + 1,
        },
        requestedBy: payload.by ?? { subject: `continuation:${parent}` },
        requestHash: sha256Hex(`fork\n${tenant}\n${parent}\n${sequence}\n${child.index}`),
        traceparent: traceparentOf(event.trace.traceId, event.commit),
      },
    };
  });
}

function checkFamily(
  { id, lineage, offspring, sealed }: ContinuationState,
  count: number,
  context: DecideContext,
): void {
  const limits = context.limits();
  if (sealed) {
    throw new MaestroError('continuation.sealed', `${id} was sealed at ${sealed.since}`);
  }
  if (lineage.depth + 1 > limits.maxForkDepth) {
    throw new MaestroError(
      'fork.too_deep',
      `${id} is ${lineage.depth} generations below its root; its tenant allows ${limits.maxForkDepth}`,
    );
  }
  const children = (offspring?.children ?? 0) + count;
  if (count > MAX_CHILDREN || children > limits.maxChildren) {
    throw new MaestroError(
      'fork.too_wide',
      count > MAX_CHILDREN
        ? `a fork makes at most ${MAX_CHILDREN} children, not ${count}`
        : `${id} would have ${children} children; its tenant allows ${limits.maxChildren}`,
    );
  }
}

function startOf(
  state: ContinuationState,
  child: ChildSpec,
  recipe: Recipe,
  texts: TextRedactor,
): Birth {
  const parameters = child.parameters ?? {};
  const read = parametersOf(recipe, parameters, 'child');
  const start = recipe.start(read);
  return {
    goal: {
      ...state.goal,
      ...changedWords(child),
      recipe: recipe.reference,
      parameters: redact(recipe.parameters, parameters) as Record<string, JsonValue>,
    },
    firstStep: start.step,
    recipeState: readRecipeState(recipe, start.state, texts),
  };
}

type Goal = ContinuationState['goal'];

/** A child's goal; the very same object when it is the parent's. */
function goalOf(goal: Goal, child: ChildSpec, recipe: Recipe, index: number): Goal {
  const words = changedWords(child);
  if (child.parameters === undefined) {
    return Object.keys(words).length === 0 ? goal : { ...goal, ...words };
  }
  parametersOf(recipe, child.parameters, `children/${index}`);
  const parameters = redact(recipe.parameters, child.parameters) as Record<string, JsonValue>;
  return { ...goal, ...words, parameters };
}

function changedWords({ objective, tags }: ChildSpec): Partial<Pick<Goal, 'objective' | 'tags'>> {
  return {
    ...(objective === undefined ? {} : { objective }),
    ...(tags === undefined ? {} : { tags: [...tags] }),
  };
}

function parametersOf(recipe: Recipe, parameters: unknown, at: string): unknown {
  const read = recipe.parameters.safeParse(parameters);
  if (read.success) return read.data;
  throw new MaestroError(
    'recipe.parameters_invalid',
    `the parameters do not fit ${recipe.reference}`,
    {
      details: read.error.issues.map((issue) => ({
        at: `/${at}/parameters/${issue.path.map(String).join('/')}`,
        message: issue.message,
      })),
    },
  );
}

function childrenOf(
  state: ContinuationState,
  specs: readonly ChildSpec[],
  births: readonly (Partial<Birth> | undefined)[],
  sequence: number,
): ForkPayload['children'] {
  const remainder = remainderOf(state.budget);
  const named = specs.reduce((sum, { budgetMicroUsd = 0 }) => sum + budgetMicroUsd, 0);
  const unnamed = specs.filter(({ budgetMicroUsd }) => budgetMicroUsd === undefined).length;
  if (named > remainder) {
    throw new MaestroError(
      'budget.exceeded',
      `the children of ${state.id} would get ${named} millionths of a dollar, ${remainder} are left`,
    );
  }
  const share = Math.floor((remainder - named) / (unnamed + 1));
  return specs.map(({ budgetMicroUsd }, index) => ({
    id: deriveChildId(state, sequence, index),
    index,
    budgetMicroUsd: budgetMicroUsd ?? share,
    ...(births[index] ? { birth: births[index] } : {}),
  }));
}
