import { z } from 'zod';
import { JsonValue } from '../canonical/json-value.ts';
import { verbatim } from '../privacy/verbatim.ts';

/** How far an answer may travel. */
export const Sensitivity = z.enum(['public', 'internal', 'confidential', 'restricted']);
export type Sensitivity = z.infer<typeof Sensitivity>;

/** `name@version`: which recipe, and which version of it; the version is a whole number from 1. */
export const RecipeReference = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}@[1-9][0-9]{0,5}$/, 'must be name@version, such as noop@1');
export type RecipeReference = z.infer<typeof RecipeReference>;

/** What evidence an answer has to rest on. */
export const EvidenceConstraint = z.strictObject({
  /** Least number of distinct sources. */
  minSources: z.int().min(0).max(1000).optional(),
  /** Oldest acceptable source, in days. */
  maxAgeDays: z.int().min(0).max(73_000).optional(),
  /** Acceptable study designs, such as `randomised-trial`. */
  designs: z.array(z.string().min(1).max(100)).max(50).optional(),
});

/** Limits that the answer has to keep. */
export const GoalConstraints = z.strictObject({
  must: z.array(z.string().min(1).max(1000)).max(100).optional(),
  mustNot: z.array(z.string().min(1).max(1000)).max(100).optional(),
  /** Instant after which the answer is of no use. */
  deadline: z.iso.datetime({ offset: true }).optional(),
  evidence: EvidenceConstraint.optional(),
});

/** One artifact that is wanted. */
export const OutputRequest = z.strictObject({
  kind: verbatim(z.string().min(1).max(100), 'a kind of artifact'),
  /** JSON Schema that the artifact has to satisfy. */
  schema: verbatim(z.record(z.string(), JsonValue), 'a JSON Schema').optional(),
});

/** What the researcher wants: the input of a continuation. */
export const GoalFrame = z.strictObject({
  objective: z.string().min(1).max(4000),
  question: z.string().min(1).max(4000).optional(),
  recipe: RecipeReference,
  audience: z.string().min(1).max(400).optional(),
  constraints: GoalConstraints.optional(),
  outputs: z.array(OutputRequest).max(20).optional(),
  tags: z.array(z.string().min(1).max(100)).max(50).optional(),
  sensitivity: Sensitivity.default('internal'),
  /** The recipe's own parameters; the recipe's schema decides. */
  parameters: z.record(z.string(), JsonValue).default({}),
});
export type GoalFrame = z.infer<typeof GoalFrame>;

/** A goal frame as it is stored and sent between our own processes: what a newer release has added is kept, at every level. */
export const StoredGoalFrame = GoalFrame.extend({
  constraints: GoalConstraints.extend({ evidence: EvidenceConstraint.loose().optional() })
    .loose()
    .optional(),
  outputs: z.array(OutputRequest.loose()).max(20).optional(),
}).loose();
