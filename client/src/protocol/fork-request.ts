import { ContinuationId, GoalFrame, JsonValue, Usd } from '@maestro/core';
import { z } from 'zod';

/** Children that one fork makes at most. */
export const MAX_FORK_CHILDREN = 100;

/** What is other in a child than in what is forked; what is left out stays as it is there. */
export const ChildRequest = z.strictObject({
  objective: GoalFrame.shape.objective.optional(),
  /** In place of all parameters of the recipe. */
  parameters: z.record(z.string(), JsonValue).optional(),
  tags: GoalFrame.shape.tags,
  /** Carved out of what is left of the forked one's budget; an even share of that unless given. */
  budget: z.strictObject({ capUsd: Usd }).optional(),
});

/** Body of `POST /continuations/{id}/forks`. */
export const ForkRequest = z.strictObject({
  /** Sequence of the event to fork from: the children go on as of there. The last one unless given. */
  from: z.int().min(1).optional(),
  /** One plain copy unless given. */
  children: z.array(ChildRequest).min(1).max(MAX_FORK_CHILDREN).default([{}]),
});
export type ForkRequest = z.infer<typeof ForkRequest>;
/** As callers write it: what has a default may be left out. */
export type ForkRequestInput = z.input<typeof ForkRequest>;

/** Answer of `POST /continuations/{id}/forks`. */
export const ForkAnswer = z.object({
  /** False when the same request with the same idempotency key had made them already. */
  changed: z.boolean(),
  /** Sequence of the fork's event. */
  sequence: z.int().min(1),
  /** Ids of the children, in the order of the request. They begin a moment later. */
  children: z.array(ContinuationId),
});
export type ForkAnswer = z.infer<typeof ForkAnswer>;
