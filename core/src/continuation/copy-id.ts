import { z } from 'zod';
import { ContinuationId, deriveContinuationId, TenantSlug } from './identifiers.ts';

/** What a copy is a copy of: a log, up to an event. */
export const CopySource = z.strictObject({
  /** Whose log it is. */
  tenant: TenantSlug,
  id: ContinuationId,
  /** Hash of the last event that was copied. */
  hash: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex'),
  /** Tells copies of one log from each other; empty for the first. */
  key: z.string().max(200),
});
export type CopySource = z.infer<typeof CopySource>;

/**
 * The id of a copy: derived from the tenant that it goes to, whose log it is, where that ends, and a key, so that repeating
 * a copy makes no second one, and no copy can have the id of what it was made of.
 */
export function copyId(tenant: string, source: CopySource): ContinuationId {
  // A line feed cannot be in an idempotency key, so no start of a continuation can derive the same id.
  return deriveContinuationId(
    tenant,
    `copy\n${source.tenant}\n${source.id}\n${source.hash}\n${source.key}`,
  );
}
