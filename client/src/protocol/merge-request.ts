import {
  ContinuationId,
  GoalFrame,
  Instant,
  JsonValue,
  MAX_PARENTS,
  OnFailure,
} from '@maestro/core';
import { z } from 'zod';
import { BudgetRequest } from './start-request.ts';

/** Body of `POST /merges`. */
export const MergeRequest = z.strictObject({
  /** What is merged, finished or not. */
  parents: z.array(ContinuationId).min(1).max(MAX_PARENTS),
  /** `collect`, `best-by-score`, `three-way`, or one of a recipe package. */
  function: z.string().min(1).max(200),
  /** The function's own. */
  parameters: z.record(z.string(), JsonValue).default({}),
  /** How many parents have to have ended; all unless given. */
  need: z.int().min(1).max(MAX_PARENTS).optional(),
  /** When it merges what has ended by then. */
  deadline: z.iso
    .datetime({ offset: true })
    .transform((at) => Instant.parse(new Date(at).toISOString()))
    .optional(),
  /** What becomes of parents that failed or were killed. */
  onFailure: OnFailure.default('fail'),
  /** What the merge is for, and the recipe that gets its outcome; `merge@1`, which completes with it, unless given. */
  goal: GoalFrame.partial({ recipe: true }).optional(),
  /** What it may spend beside what its parents have left. */
  budget: BudgetRequest.optional(),
});
export type MergeRequest = z.infer<typeof MergeRequest>;
/** As callers write it: what has a default may be left out. */
export type MergeRequestInput = z.input<typeof MergeRequest>;
