import { ContinuationId, ContinuationStatus, Instant } from '@maestro/core';
import { z } from 'zod';
import { LastWake } from './continuation-view.ts';

/** One thing that a sleep waits for. */
export const AwaitedCondition = z.object({
  kind: z.enum(['timer', 'human', 'stream', 'sibling']),
  /** When the clock ends it: a timer's instant, or the timeout of a signal. */
  at: Instant.optional(),
  /** From now until `at`, in ms; negative when it is overdue. */
  inMs: z.int().optional(),
  signal: z.string().optional(),
  roles: z.array(z.string()).optional(),
  stream: z.string().optional(),
  tag: z.string().optional(),
  predicate: z.string().optional(),
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
});
export type Explanation = z.infer<typeof Explanation>;
