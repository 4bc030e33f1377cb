import { z } from 'zod';
import { ContinuationId } from '../continuation/identifiers.ts';
import { Instant } from '../wake/wake-condition.ts';

/** A number in [0, 1]. */
const Unit = z.number().min(0).max(1);

/** The terms of a score; each in [0, 1] before its weight is applied. */
export const ScoreTerms = z.looseObject({
  semantic: Unit,
  keyword: Unit,
  judge: Unit,
  recency: Unit,
  authority: Unit,
  goalFit: Unit,
  provenance: Unit,
  redundancy: Unit,
  cost: Unit,
});

/** One item of the context field. */
export const FieldItem = z.looseObject({
  id: z.string().min(1),
  channel: z.enum(['semantic', 'structured', 'episodic', 'graph', 'stream', 'human']),
  source: z.string(),
  tokens: z.int().min(0),
  score: z.number(),
  terms: ScoreTerms,
});
export type FieldItem = z.infer<typeof FieldItem>;

/** What a tick may read, and what was left out and why. */
export const FieldManifest = z.looseObject({
  continuation: ContinuationId,
  computedAt: Instant,
  ttlMs: z.int().min(0),
  tokenBudget: z.int().min(0),
  tokens: z.int().min(0),
  items: z.array(FieldItem),
  evicted: z.array(
    z.looseObject({
      id: z.string(),
      score: z.number(),
      reason: z.enum(['token-budget', 'redundant', 'below-threshold', 'stale', 'policy']),
    }),
  ),
});
export type FieldManifest = z.infer<typeof FieldManifest>;
