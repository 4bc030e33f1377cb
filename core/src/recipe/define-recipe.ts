import type { z } from 'zod';
import type { Budget } from '../budget/budget.ts';
import type { GoalFrame } from '../goal/goal-frame.ts';
import type { MergeOutcome } from '../merge/merge-models.ts';
import type { WakeCause } from '../wake/wake-cause.ts';
import type { Outcome } from './outcome.ts';

/** What every step can see. */
export interface StepContext<P> {
  readonly tenant: string;
  readonly continuation: string;
  readonly parameters: P;
  readonly goal: GoalFrame;
  /** Names this run of the step; the same in every attempt, so it serves as an idempotency key. */
  readonly stepId: string;
  /** Time of the turn in ms since the epoch. Steps that run inside the turn take the time from here. */
  readonly nowMs: number;
  /** Counts the ticks from 1. */
  readonly tick: number;
  /** Why this tick began. */
  readonly wake: {
    readonly cause: WakeCause;
    readonly lateMs: number;
    /** The item of a stream or a sibling that it was waiting for. */
    readonly item?: unknown;
  } | null;
  /** The signal that began this tick, if one did. */
  readonly signal: { readonly name: string; readonly payload?: unknown } | null;
  readonly budget: Budget;
  /** Of a merge: what came of it, and from whom. */
  readonly merged: (MergeOutcome & { readonly parents: readonly string[] }) | null;
}

/** What a detached step can see besides. */
export interface DetachedStepContext<P> extends StepContext<P> {
  /** Counts the attempts of this step from 1. */
  readonly attempt: number;
  /** Aborts when the continuation is killed or another host has taken the step over. Pass it on to everything that waits. */
  readonly abort: AbortSignal;
}

/** A pure step: it runs inside the turn, so it must not wait, read the clock, or touch anything outside its arguments. */
export interface InlineStep<P, S, N extends string> {
  readonly inline: true;
  readonly run: (context: StepContext<P>, state: S) => Outcome<S, N>;
}

/** A step that may wait: for a model, a tool, a service. It runs outside the turn, at least once. */
export interface DetachedStep<P, S, N extends string> {
  readonly inline?: false;
  readonly run: (context: DetachedStepContext<P>, state: S) => Promise<Outcome<S, N>>;
  /** How often a step that throws is tried in all. @default 3 */
  readonly maxAttempts?: number;
  /** Wait before the second attempt, in ms; doubles with each further one, up to an hour. @default 1000 */
  readonly backoffMs?: number;
}

export type StepDefinition<P, S, N extends string> = InlineStep<P, S, N> | DetachedStep<P, S, N>;

/** A recipe as the runtime uses it: types are checked by its schemas, not by the compiler. */
export interface Recipe {
  readonly name: string;
  readonly version: number;
  /** `name@version`. */
  readonly reference: string;
  readonly description: string;
  readonly parameters: z.ZodType;
  readonly state: z.ZodType;
  readonly start: (parameters: unknown) => { readonly step: string; readonly state: unknown };
  readonly steps: Readonly<Record<string, StepDefinition<unknown, unknown, string>>>;
}

/** What {@link defineRecipe} takes. */
export interface RecipeDefinition<P extends z.ZodType, S extends z.ZodType, N extends string> {
  /** Lower case letters, digits and hyphens. */
  readonly name: string;
  /** Whole number from 1. Running continuations stay on the version that they started with. */
  readonly version: number;
  /** One line for people who choose a recipe. */
  readonly description: string;
  /** Schema of `goal.parameters`. */
  readonly parameters: P;
  /** Schema of the state that the steps hand on; must be JSON. */
  readonly state: S;
  /** The first step and the state it starts from. Pure. */
  readonly start: (parameters: z.output<P>) => {
    readonly step: NoInfer<N>;
    readonly state: z.output<S>;
  };
  readonly steps: { readonly [K in N]: StepDefinition<z.output<P>, z.output<S>, NoInfer<N>> };
}

/**
 * Defines a recipe: a state machine of named steps. What a step returned is in the log and is never run again to
 * find out, so step code is free of determinism rules.
 *
 * @throws TypeError when name or version cannot be part of a `name@version` reference.
 */
export function defineRecipe<P extends z.ZodType, S extends z.ZodType, const N extends string>(
  definition: RecipeDefinition<P, S, N>,
): Recipe {
  const reference = `${definition.name}@${definition.version}`;
  if (!/^[a-z0-9][a-z0-9-]{0,62}@[1-9][0-9]{0,5}$/.test(reference)) {
    throw new TypeError(`'${reference}' is not a recipe reference such as noop@1`);
  }
  // The runtime parses parameters and state with the recipe's own schemas before it calls in, so the cast holds.
  return { ...definition, reference } as unknown as Recipe;
}
