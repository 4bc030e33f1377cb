import { z } from 'zod';
import { SiblingScope } from '../topic/topic-ref.ts';
import { JsonValue } from '../canonical/json-value.ts';
import { verbatim } from '../privacy/verbatim.ts';
import { WakeCondition } from '../wake/wake-condition.ts';

/** Name of a step within its recipe. */
export const StepName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be 1-63 of a-z, 0-9, hyphen');

/** A result that leaves the continuation. */
export const Artifact = z.looseObject({
  kind: verbatim(z.string().min(1).max(100), 'a kind of artifact'),
  value: JsonValue,
  /** Siblings that wait for one of these are woken. */
  tags: z
    .array(verbatim(z.string().min(1).max(100), 'an address'))
    .max(10)
    .optional(),
  /** Who may hear of it by its tags: with `tenant` also who waits for them within the tenant. @default root */
  within: SiblingScope.optional(),
});
export type Artifact = z.infer<typeof Artifact>;

/** What a step says is to happen next, as it is stored in the log. */
export const StepOutcome = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('next'), step: StepName }),
  z.looseObject({ kind: z.literal('sleep'), wake: WakeCondition, step: StepName }),
  z.looseObject({ kind: z.literal('publish'), artifact: Artifact, step: StepName }),
  /** Children were made: the fork event that follows names them. */
  z.looseObject({ kind: z.literal('fork'), step: StepName }),
  z.looseObject({ kind: z.literal('complete'), result: JsonValue }),
  z.looseObject({ kind: z.literal('fail'), message: z.string().max(4000) }),
  /** The host gave the attempt up (shutdown): it is run again at once, as the next attempt. */
  z.looseObject({ kind: z.literal('interrupted') }),
]);
export type StepOutcome = z.infer<typeof StepOutcome>;
