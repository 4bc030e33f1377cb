import { z } from 'zod';
import { sha256Bytes } from '../canonical/sha256.ts';
import { MaestroError } from '../errors/maestro-error.ts';

/** A continuation's id: a ULID (26 Crockford base-32 digits, upper case); the leading digit is 0-7. */
export const ContinuationId = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'must be a ULID');
export type ContinuationId = z.infer<typeof ContinuationId>;

/** A tenant's slug. */
export const TenantSlug = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/, 'must be 1-40 of a-z, 0-9 and hyphen');
export type TenantSlug = z.infer<typeof TenantSlug>;

/** Names one continuation of one tenant. */
export interface ContinuationRef {
  readonly tenant: string;
  readonly id: string;
}

/** The Dapr actor type of continuations. A wire name: renaming it is a data migration. */
export const CONTINUATION_ACTOR_TYPE = 'Continuation';

/** The Dapr actor id of a continuation: `{tenant}.{id}`. */
export function actorIdOf(ref: ContinuationRef): string {
  return `${ref.tenant}.${ref.id}`;
}

/**
 * The continuation that a Dapr actor id names.
 *
 * @throws MaestroError `id.invalid` when it is not `{tenant}.{ULID}`.
 */
export function parseActorId(actorId: string): ContinuationRef {
  const dot = actorId.indexOf('.');
  const tenant = actorId.slice(0, Math.max(dot, 0));
  const id = actorId.slice(dot + 1);
  if (!TenantSlug.safeParse(tenant).success || !ContinuationId.safeParse(id).success) {
    throw new MaestroError('id.invalid', `'${actorId.slice(0, 80)}' is not {tenant}.{ULID}`);
  }
  return { tenant, id };
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * The id that an idempotency key stands for: derived by SHA-256 from tenant and key, so that a repeated request
 * reaches the same actor. Looks like a ULID (130 bits of base 32, the top two bits zero) but carries no time.
 */
export function deriveContinuationId(tenant: string, idempotencyKey: string): ContinuationId {
  return idOf(`continuation\n${tenant}\n${idempotencyKey}`);
}

/** The id of a child: derived from the fork that makes it, so that a fork that is repeated makes the same children. */
export function deriveChildId(
  parent: ContinuationRef,
  forkSequence: number,
  index: number,
): ContinuationId {
  return idOf(`child\n${parent.tenant}\n${parent.id}\n${forkSequence}\n${index}`);
}

function idOf(source: string): ContinuationId {
  const bytes = sha256Bytes(source);
  let value = 0n;
  for (const byte of bytes.subarray(0, 16)) value = (value << 8n) | BigInt(byte);
  let text = '';
  for (let digit = 0; digit < 26; digit++) {
    text = (CROCKFORD[Number(value & 31n)] ?? '0') + text;
    value >>= 5n;
  }
  return text;
}
