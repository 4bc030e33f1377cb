import { ContinuationId, ContinuationStatus, GoalFrame, Usd } from '@maestro/core';
import { z } from 'zod';

/** What a continuation may spend. */
export const BudgetRequest = z
  .strictObject({
    /** Hard cap, in US dollars: reached, the continuation publishes what it has and ends. */
    capUsd: Usd,
    /** Soft cap, in US dollars: reached, cheaper models are taken. 80 % of the hard cap unless given. */
    softCapUsd: Usd.optional(),
  })
  .refine(({ capUsd, softCapUsd }) => softCapUsd === undefined || softCapUsd <= capUsd, {
    path: ['softCapUsd'],
    message: 'must be at most capUsd',
  });

/** Body of `POST /continuations`. */
export const StartRequest = z.strictObject({ goal: GoalFrame, budget: BudgetRequest.optional() });
export type StartRequest = z.infer<typeof StartRequest>;
/** As callers write it: what has a default may be left out. */
export type StartRequestInput = z.input<typeof StartRequest>;

/** Answer of `POST /continuations`. */
export const StartAnswer = z.object({
  id: ContinuationId,
  status: ContinuationStatus,
  /** Sequence of the last event. */
  sequence: z.int().min(1),
  /** False when the same request with the same idempotency key had started it already. */
  created: z.boolean(),
});
export type StartAnswer = z.infer<typeof StartAnswer>;
