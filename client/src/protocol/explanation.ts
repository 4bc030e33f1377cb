import { ContinuationId, ContinuationStatus, Instant, SiblingScope } from '@maestro/core';
import { z } from 'zod';
import { LastWake } from './continuation-view.ts';

/** One thing that a sleep waits for. */
export const AwaitedCondition = z.object({
  kind: z.enum(['timer', 'human', 'stream', 'sibling', 'parents']),
  /** When the clock ends it: a timer's instant, or the timeout of a signal. */
  at: Instant.optional(),
  /** From now until `at`, in ms; negative when it is overdue. */
  inMs: z.int().optional(),
  signal: z.string().optional(),
  roles: z.array(z.string()).optional(),
  stream: z.string().optional(),
  tag: z.string().optional(),
  /** Of a tag: who counts as a sibling. */
  within: SiblingScope.optional(),
  predicate: z.string().optional(),
  /** How many parents of a merge have to end. */
  need: z.int().optional(),
  /** Of a stream or a tag: the items that came last, newest first, and why each did not end the sleep. */
  near: z.array(z.object({ id: z.string(), at: Instant, reason: z.string() })).optional(),
});

/** Answer of `GET /continuations/{id}/explain`. */
export const Explanation = z.object({
  id: ContinuationId,
  status: ContinuationStatus,
  /** One or two plain sentences. */
  summary: z.string(),
  /** Since when it has been like this. */
  since: Instant,
  waitingFor: z.array(AwaitedCondition),
  /** Everything that would move it on, in words. */
  wouldWake: z.array(z.string()),
  /** The detached step that is under way. */
  running: z
    .object({
      stepId: z.string(),
      attempt: z.int().min(1),
      since: Instant,
      /** How long the attempt may be silent before it counts as lost and the step is run again, in ms. */
      leaseMs: z.int().min(1),
    })
    .optional(),
  lastWake: LastWake.nullable(),
  /** Its last wakes, newest first, and how late each was, in ms. */
  wakes: z.array(z.object({ at: Instant, kind: z.string(), lateMs: z.int().min(0) })),
});
export type Explanation = z.infer<typeof Explanation>;
