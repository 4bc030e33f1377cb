import { z } from 'zod';
import type { JsonValue } from '../canonical/json-value.ts';
import { MaestroError } from '../errors/maestro-error.ts';
import { wellFormedJson } from '../canonical/well-formed.ts';
import { redact } from '../privacy/redact.ts';
import { MAX_SLEEP_MS, singleConditions } from '../wake/wake-condition.ts';
import type { Recipe } from './define-recipe.ts';
import { StepOutcome } from './step-outcome.ts';

/** An outcome as the log holds it, and the recipe's state after it. */
export interface ReadOutcome {
  readonly outcome: StepOutcome;
  /** Undefined: unchanged. Personal data is redacted already. */
  readonly recipeState: JsonValue | undefined;
}

/**
 * Checks what a step returned: a known kind, a step that exists, a state that fits the recipe's schema, no sleep over
 * ten years.
 *
 * @throws MaestroError `step.outcome_invalid` or `wake.too_far`.
 */
export function readOutcome(recipe: Recipe, returned: unknown, nowMs: number): ReadOutcome {
  const parsed = StepOutcome.safeParse(asJson(recipe, returned));
  if (!parsed.success) {
    throw new MaestroError(
      'step.outcome_invalid',
      `${recipe.reference}: ${z.prettifyError(parsed.error)}`,
    );
  }
  const { state, ...outcome } = parsed.data as StepOutcome & { readonly state?: unknown };
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
      const at =
        condition.kind === 'timer'
          ? condition.at
          : condition.kind === 'human'
            ? condition.timeout
            : undefined;
      if (at !== undefined && Date.parse(at) - nowMs > MAX_SLEEP_MS) {
        throw new MaestroError(
          'wake.too_far',
          `${recipe.reference} wants to sleep until ${at}; ten years is the most`,
        );
      }
    }
  }
  if (state === undefined) return { outcome: outcome, recipeState: undefined };
  return { outcome: outcome, recipeState: readRecipeState(recipe, state) };
}

/**
 * Checks a recipe's state against its schema; personal data comes back redacted.
 *
 * @throws MaestroError `step.outcome_invalid`.
 */
export function readRecipeState(recipe: Recipe, state: unknown): JsonValue {
  const checked = recipe.state.safeParse(state);
  if (!checked.success) {
    throw new MaestroError(
      'step.outcome_invalid',
      `the state of ${recipe.reference} does not fit its schema: ${z.prettifyError(checked.error)}`,
    );
  }
  return asJson(recipe, redact(recipe.state, checked.data));
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
