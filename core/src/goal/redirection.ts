import { z } from 'zod';
import { JsonValue } from '../canonical/json-value.ts';
import { GoalFrame } from './goal-frame.ts';

/** What a signal `redirect` changes of a goal frame: what is named replaces what was there. The recipe stays. */
export const Redirection = z
  .strictObject({
    objective: GoalFrame.shape.objective.optional(),
    question: GoalFrame.shape.question,
    constraints: GoalFrame.shape.constraints,
    parameters: z.record(z.string(), JsonValue).optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    message: 'names nothing to change',
  });
export type Redirection = z.infer<typeof Redirection>;
