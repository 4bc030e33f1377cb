import { ContinuationId, ContinuationStatus, Instant, RecipeReference } from '@maestro/core';
import { z } from 'zod';

/** The most continuations of one page. */
export const MAX_LIST_PAGE = 1000;

/** A continuation in a list, as the warehouse knows it. */
export const ListedContinuation = z.object({
  id: ContinuationId,
  status: ContinuationStatus,
  recipe: RecipeReference.nullable(),
  /** What was asked for at first. */
  objective: z.string().nullable(),
  root: ContinuationId.nullable(),
  depth: z.int().min(0).nullable(),
  tick: z.int().min(0),
  events: z.int().min(1),
  children: z.int().min(0),
  spentUsd: z.number().min(0),
  createdAt: Instant,
  lastEventAt: Instant,
  finishedAt: Instant.nullable(),
  /** When the clock ends its sleep if nothing does before; null when it is not asleep, or no clock ends it. */
  dueAt: Instant.nullable(),
});
export type ListedContinuation = z.infer<typeof ListedContinuation>;

/** PostgreSQL's texts hold none. */
const TextWithoutNul = z
  .string()
  .min(1)
  .refine((text) => !text.includes('\u0000'), { message: 'must not hold a NUL' });

/** Which continuations are wanted: all that satisfy everything that is given. */
export const ListFilter = z.strictObject({
  status: ContinuationStatus.optional(),
  recipe: RecipeReference.optional(),
  /** The family of one root, with the root itself. */
  root: ContinuationId.optional(),
  /** Created then or later. */
  since: Instant.optional(),
  /** Part of the objective, whatever the case of its letters. */
  search: TextWithoutNul.max(200).optional(),
  /** One of the goal's tags. */
  tag: TextWithoutNul.max(100).optional(),
  /** Only who sleeps, and is woken by the clock then or sooner; the soonest first. */
  dueBy: Instant.optional(),
});
export type ListFilter = z.infer<typeof ListFilter>;

/** Answer of `GET /continuations`: the newest first, or with `dueBy` the soonest due. */
export const ContinuationList = z.object({
  continuations: z.array(ListedContinuation),
  /** Cursor to go on with; null on the last page. */
  next: z.string().nullable(),
  /** When what the list shows was brought up to date last; null when it never was. */
  asOf: Instant.nullable(),
});
export type ContinuationList = z.infer<typeof ContinuationList>;
