import { z } from 'zod';
import { MicroUsd } from '../budget/budget.ts';
import { JsonValue } from '../canonical/json-value.ts';
import { RecipeReference } from '../goal/goal-frame.ts';
import { MaestroError } from '../errors/maestro-error.ts';
import { wellFormedJson } from '../canonical/well-formed.ts';
import { compilePredicate } from '../predicate/compile-predicate.ts';
import { redactJsonTexts } from '../privacy/redact-texts.ts';
import { redact } from '../privacy/redact.ts';
import type { TextRedactor } from '../privacy/text-redactor.ts';
import { StreamName } from '../stream/stream-item.ts';
import { compileAnswerSchema } from '../wake/answer-schema.ts';
import {
  clockOf,
  MAX_SLEEP_MS,
  singleConditions,
  type SingleWakeCondition,
} from '../wake/wake-condition.ts';
import type { Recipe } from './define-recipe.ts';
import type { ChildOutcome } from './outcome.ts';
import { StepName, StepOutcome } from './step-outcome.ts';

const Child = z.strictObject({
  step: StepName.optional(),
  state: JsonValue.optional(),
  recipe: RecipeReference.optional(),
  parameters: z.record(z.string(), JsonValue).optional(),
  objective: z.string().min(1).max(4000).optional(),
  tags: z.array(z.string().min(1).max(100)).max(50).optional(),
  budgetMicroUsd: MicroUsd.optional(),
});

/** A fork as a step returns it: with its children. */
const ReturnedFork = z.looseObject({
  kind: z.literal('fork'),
  step: StepName,
  children: z.array(Child).min(1).max(100),
});

/** An outcome as the log holds it, and the recipe's state after it. */
export interface ReadOutcome {
  readonly outcome: StepOutcome;
  /** Of a fork: what it is to make, which the log holds in the fork's own event. */
  readonly children?: readonly ChildOutcome[] | undefined;
  /** Undefined: unchanged. Personal data is redacted already. */
  readonly recipeState: JsonValue | undefined;
}

/**
 * Checks what a step returned: a known kind, a step that exists, a state that fits the recipe's schema, no sleep over
 * ten years.
 *
 * @throws MaestroError `step.outcome_invalid` or `wake.too_far`.
 */
export function readOutcome(
  recipe: Recipe,
  returned: unknown,
  { nowMs, texts }: { readonly nowMs: number; readonly texts: TextRedactor },
): ReadOutcome {
  const value = asJson(recipe, returned);
  const parsed = (isFork(value) ? ReturnedFork : StepOutcome).safeParse(value);
  if (!parsed.success) {
    throw new MaestroError(
      'step.outcome_invalid',
      `${recipe.reference}: ${z.prettifyError(parsed.error)}`,
    );
  }
  const { state, children, ...outcome } = parsed.data as StepOutcome & {
    readonly state?: unknown;
    readonly children?: readonly ChildOutcome[];
  };
  if (
    'step' in outcome &&
    typeof outcome.step === 'string' &&
    !Object.hasOwn(recipe.steps, outcome.step)
  ) {
    throw new MaestroError(
      'step.outcome_invalid',
      `${recipe.reference} has no step '${outcome.step}'`,
    );
  }
  if (outcome.kind === 'sleep') {
    for (const condition of singleConditions(outcome.wake)) {
      if (condition.kind === 'parents') {
        throw new MaestroError(
          'step.outcome_invalid',
          `${recipe.reference} cannot wait for parents: only a merge does`,
        );
      }
      checkPredicate(recipe, condition);
      if (condition.kind === 'human' && condition.schema) compileAnswerSchema(condition.schema);
      const at = clockOf(condition);
      if (at !== undefined && Date.parse(at) - nowMs > MAX_SLEEP_MS) {
        throw new MaestroError(
          'wake.too_far',
          `${recipe.reference} wants to sleep until ${at}; ten years is the most`,
        );
      }
    }
  }
  return {
    outcome,
    children,
    recipeState: state === undefined ? undefined : readRecipeState(recipe, state, texts),
  };
}

/** A predicate is checked before anybody waits for it, not when the first item comes. */
function checkPredicate(recipe: Recipe, condition: SingleWakeCondition): void {
  if (condition.kind !== 'stream' && condition.kind !== 'sibling') return;
  const { kind, predicate } = condition;
  if (kind === 'stream' && !StreamName.safeParse(condition.stream).success) {
    throw new MaestroError(
      'step.outcome_invalid',
      `${recipe.reference} waits for the stream '${condition.stream}', which no stream can be called`,
    );
  }
  if (predicate === undefined) return;
  try {
    compilePredicate(kind, predicate);
  } catch (error) {
    const { code, message, details } = MaestroError.from(error);
    throw new MaestroError(code, `${recipe.reference}: ${message}`, { details, cause: error });
  }
}

function isFork(value: JsonValue): boolean {
  return (value as { readonly kind?: unknown } | null)?.kind === 'fork';
}

/**
 * Checks a recipe's state against its schema; personal data comes back redacted, also what is found in texts.
 *
 * @throws MaestroError `step.outcome_invalid`, also when it fits no more without that.
 */
export function readRecipeState(recipe: Recipe, state: unknown, texts: TextRedactor): JsonValue {
  const checked = recipe.state.safeParse(state);
  if (!checked.success) {
    throw new MaestroError(
      'step.outcome_invalid',
      `the state of ${recipe.reference} does not fit its schema: ${z.prettifyError(checked.error)}`,
    );
  }
  const json = asJson(recipe, redact(recipe.state, checked.data));
  const stored = redactJsonTexts(json, texts);
  if (stored !== json && !recipe.state.safeParse(stored).success) {
    throw new MaestroError(
      'step.outcome_invalid',
      `the state of ${recipe.reference} holds personal data, and does not fit its schema without: keep references, or have the tenant's document leave this kind in`,
    );
  }
  return stored;
}

/** A value as it would arrive from another process: what JSON cannot say is dropped or mended here, not in the log. */
function asJson(recipe: Recipe, value: unknown): JsonValue {
  try {
    return JSON.parse(wellFormedJson(JSON.stringify(value) ?? 'null')) as JsonValue;
  } catch (error) {
    throw new MaestroError(
      'step.outcome_invalid',
      `${recipe.reference} has something that is not JSON: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
