import { z } from 'zod';
import { JsonValue } from '../canonical/json-value.ts';
import { ContinuationId } from '../continuation/identifiers.ts';
import { verbatim } from '../privacy/verbatim.ts';
import { Instant } from '../wake/wake-condition.ts';

/** Parents of one merge at most. */
export const MAX_PARENTS = 100;

/** What becomes of parents that failed or were killed. */
export const OnFailure = z.enum([
  /** One of them fails the merge. */
  'fail',
  /** They are left out. */
  'skip',
  /** They count like the others; the merge function sees their status. */
  'include',
]);
export type OnFailure = z.infer<typeof OnFailure>;

/** What a merge is to do. */
export const MergeSpec = z.looseObject({
  parents: z.array(ContinuationId).min(1).max(MAX_PARENTS),
  function: verbatim(z.string().min(1).max(200), 'a merge function'),
  parameters: JsonValue,
  /** How many parents have to have ended. */
  need: z.int().min(1).max(MAX_PARENTS),
  /** When it merges what there is by then, of what has ended. */
  deadline: Instant.optional(),
  onFailure: OnFailure,
});
export type MergeSpec = z.infer<typeof MergeSpec>;

/** What a parent that has ended brought; values over a kilobyte are blobs. */
export const MergeInputRow = z.looseObject({
  parent: ContinuationId,
  status: z.enum(['completed', 'failed', 'killed']),
  /** The parent's event that handed it over. */
  sequence: z.int().min(1),
  result: JsonValue,
  state: JsonValue,
});
export type MergeInputRow = z.infer<typeof MergeInputRow>;

/** Two or more parents changed the same thing differently. */
export const MergeConflict = z.looseObject({
  /** JSON pointer (RFC 6901) into the merged value. */
  at: verbatim(z.string(), 'a JSON pointer into what is redacted already'),
  /** What the common ancestor had; absent when it had nothing there. */
  base: JsonValue.optional(),
  /** What each parent that changed it has; absent when it removed it. */
  values: z.array(z.looseObject({ parent: ContinuationId, value: JsonValue.optional() })),
  /** Whose value was taken. */
  taken: ContinuationId,
});
export type MergeConflict = z.infer<typeof MergeConflict>;

/** What came of a merge. */
export const MergeOutcome = z.looseObject({ value: JsonValue, conflicts: z.array(MergeConflict) });
export type MergeOutcome = z.infer<typeof MergeOutcome>;

/** A merge in the head of the child: what it is to do, what its parents have brought so far, and what came of it. */
export const MergeState = MergeSpec.extend({
  inputs: z.array(MergeInputRow),
  merged: MergeOutcome.optional(),
});
export type MergeState = z.infer<typeof MergeState>;
