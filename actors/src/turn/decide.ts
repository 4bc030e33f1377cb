import {
  checkAllowed,
  microUsd,
  MaestroError,
  newBudget,
  canonicalJson,
  readRecipeState,
  redact,
  redactTexts,
  MergeSpec,
  rootLineage,
  sha256Hex,
  shortened,
  StoredGoalFrame,
  type Beginning,
  type ContinuationState,
  type Recipe,
  type TextRedactor,
} from '@maestro/core';
import { advance, failFinally, finishStep, interrupted, MAX_MESSAGE_LENGTH } from './advance.ts';
import type { Command, CommandOf, Reply } from './command.ts';
import { decideFork } from './decide-fork.ts';
import { decideItem } from './decide-item.ts';
import { decideSignal } from './decide-signal.ts';
import type { DecideContext, Decision } from './decision.ts';
import { canGoOn, goOn } from './go-on.ts';
import { decideHandOver, decideJoin, lineageOfMerge } from './merge.ts';
import { standingOf } from './standing.ts';
import { beginTick, goOnWith } from './tick.ts';
import { TurnDraft } from './turn-draft.ts';
import { unflagged } from './unflagged.ts';

/**
 * Decides a turn: pure and synchronous, so it can be tested without Dapr and repeated after a lost commit.
 *
 * @throws MaestroError when the command is refused; nothing is written then.
 */
export function decide(
  state: ContinuationState | null,
  command: Command,
  context: DecideContext,
): Decision {
  if (command.kind === 'spawn') return spawn(state, command, context);
  if (!state) {
    if (command.kind === 'wake') return { events: [], reply: { kind: 'woken', found: false } };
    throw new MaestroError('continuation.not_found', `there is no continuation ${context.ref.id}`);
  }
  switch (command.kind) {
    case 'wake':
      return wake(state, context);
    case 'look':
      return { events: [], reply: { kind: 'looked', continuation: standingOf(state) } };
    case 'fork':
      return decideFork(state, command, context);
    case 'item':
      return decideItem(state, command, context);
    case 'join':
      return decideJoin(state, command, context);
    case 'hand-over':
      return decideHandOver(state, command, context);
    case 'signal':
      return decideSignal(state, command, context);
    case 'finish-step':
      return stepEnded(state, command, context);
    case 'heartbeat': {
      const current =
        state.activity?.kind === 'running' &&
        state.activity.stepId === command.stepId &&
        state.activity.attempt === command.attempt;
      return { events: [], reply: { kind: 'lease', answer: current ? 'continue' : 'abort' } };
    }
  }
}

function spawn(
  state: ContinuationState | null,
  given: CommandOf<'spawn'>,
  context: DecideContext,
): Decision {
  const { ref, recipes, texts } = context;
  // A child's was taken out when it was made; done anew, it might not be what was agreed on.
  const command = given.beginning ? given : withoutPersonalData(given, texts, recipes);
  const { id } = ref;
  const reply = (now: ContinuationState, created: boolean): Reply => ({
    kind: 'spawned',
    created,
    id,
    status: now.status,
    sequence: now.sequence,
  });
  if (state) {
    if (state.requestHash !== command.requestHash) {
      throw new MaestroError('idempotency.conflict', `${id} was started by another request`);
    }
    return { events: [], reply: reply(state, false) };
  }
  const recipe = recipes.get(command.goal.recipe);
  const parameters = recipe.parameters.safeParse(command.goal.parameters);
  if (!parameters.success) {
    throw new MaestroError(
      'recipe.parameters_invalid',
      `the parameters do not fit ${recipe.reference}`,
      {
        details: parameters.error.issues.map((issue) => ({
          at: `/goal/parameters/${issue.path.map(String).join('/')}`,
          message: issue.message,
        })),
      },
    );
  }
  const { merge } = command;
  const lineage = merge ? lineageOfMerge(merge, context) : command.lineage;
  const beginning = command.beginning ?? startOf(recipe, parameters.data, texts);
  const draft = new TurnDraft(null, context);
  draft.add({
    type: 'spawn',
    payload: {
      goal: {
        ...command.goal,
        parameters: redact(
          recipe.parameters,
          command.goal.parameters,
        ) as typeof command.goal.parameters,
      },
      // A merge lives on what its parents have left, and on what it is given.
      budget: budgetOf(command, context),
      lineage: lineage ?? rootLineage(id),
      requestedBy: command.requestedBy,
      requestHash: command.requestHash,
      ...beginning,
      ...(merge ? { merge } : {}),
    },
  });
  // A copy goes on in the middle of the tick that it was copied in, or sleeps on.
  if (!beginning.copied && !merge)
    beginTick(draft, { kind: 'spawn', causeId: `spawn:${id}` }, 0, []);
  advance(draft, recipe, context);
  return { events: draft.events, blobs: draft.blobs, reply: reply(draft.state, true) };
}

/**
 * A command without the personal data in its texts, so that nothing is made of that. Where there was some the hash of the
 * request is over what is left: from the hash of a request that is otherwise known it could be guessed.
 */
function withoutPersonalData(
  command: CommandOf<'spawn'>,
  texts: TextRedactor,
  recipes: DecideContext['recipes'],
): CommandOf<'spawn'> {
  const goal = redactTexts(StoredGoalFrame, command.goal, texts) as typeof command.goal;
  const merge = redactTexts(MergeSpec.optional(), command.merge, texts) as typeof command.merge;
  const parameters = unflagged(recipes, goal.recipe, goal.parameters);
  if (goal === command.goal && merge === command.merge && parameters === goal.parameters) {
    return command;
  }
  const { budget } = command;
  const hashed = { goal: { ...goal, parameters }, budget, merge };
  return { ...command, goal, merge, requestHash: sha256Hex(canonicalJson(hashed)) };
}

/**
 * What a new continuation may spend. What a fork gives its children was allowed when it was made; a merge lives on what
 * its parents have left, and on what it is given.
 *
 * @throws MaestroError `tenant.not_allowed`.
 */
function budgetOf(
  { goal, budget, lineage, merge }: CommandOf<'spawn'>,
  { allowance }: DecideContext,
) {
  if (lineage && budget) return budget;
  const allowed = allowance();
  checkAllowed(allowed, { sensitivity: goal.sensitivity, capMicroUsd: budget?.capMicroUsd });
  return budget ?? newBudget(merge ? 0 : microUsd(allowed.budget.defaultCapUsd));
}

/** Where a recipe starts. */
export function startOf(recipe: Recipe, parameters: unknown, texts: TextRedactor): Beginning {
  const { step, state } = recipe.start(parameters);
  return { firstStep: step, recipeState: readRecipeState(recipe, state, texts) };
}

function wake(state: ContinuationState, context: DecideContext): Decision {
  const draft = new TurnDraft(state, context);
  goOn(draft, context);
  if (context.draining && draft.events.length === 0 && canGoOn(state, context.nowMs)) {
    // Refused, so that it comes again: by then the actor may live on a host that starts the step.
    throw new MaestroError('host.draining', `${state.id} has a step to start on another host`);
  }
  return { events: draft.events, blobs: draft.blobs, reply: { kind: 'woken', found: true } };
}

function stepEnded(
  state: ContinuationState,
  command: CommandOf<'finish-step'>,
  context: DecideContext,
): Decision {
  const draft = new TurnDraft(state, context);
  const answer = (accepted: boolean): Decision => ({
    events: draft.events,
    blobs: draft.blobs,
    reply: { kind: 'step', accepted },
  });
  const { activity, sealed } = state;
  const { stepId, attempt, result } = command;
  if (sealed) return answer(false);
  if ((activity?.kind !== 'running' && activity?.kind !== 'retry') || activity.stepId !== stepId) {
    return answer(false);
  }
  const run = { step: activity.step, stepId, attempt };
  if (result.kind === 'returned') {
    const recipe = context.recipes.get(state.goal.recipe);
    try {
      finishStep(draft, recipe, run, result.outcome, context);
    } catch (error) {
      failFinally(draft, error, stepId);
      return answer(true);
    }
    advance(draft, recipe, context);
    return answer(true);
  }
  // Only the attempt that is under way can fail; what an older one says is of no interest.
  if (activity.kind !== 'running' || activity.attempt !== attempt) return answer(false);
  if (result.kind === 'interrupted') {
    draft.add(interrupted(run));
    goOnWith(draft, context);
    return answer(true);
  }
  const step = context.recipes.get(state.goal.recipe).steps[run.step];
  const limits = step && !step.inline ? step : undefined;
  const maxAttempts = limits?.maxAttempts ?? 3;
  const firstMs = limits?.backoffMs ?? 1000;
  const final = !result.retryable || attempt >= maxAttempts;
  const backoffMs = Math.min(firstMs * 2 ** (attempt - 1), 3_600_000);
  draft.add({
    type: 'error',
    payload: {
      code: result.code ?? 'step.failed',
      message: shortened(draft.withoutPersonalData(result.message), MAX_MESSAGE_LENGTH),
      final,
      stepId,
      attempt,
      ...(final ? {} : { retryAt: new Date(context.nowMs + backoffMs).toISOString() }),
    },
  });
  return answer(true);
}
