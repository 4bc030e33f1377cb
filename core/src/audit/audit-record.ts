import { z } from 'zod';
import { canonicalJson } from '../canonical/canonical-json.ts';
import { JsonValue } from '../canonical/json-value.ts';
import { sha256Hex } from '../canonical/sha256.ts';
import { TenantSlug } from '../continuation/identifiers.ts';
import { Instant } from '../wake/wake-condition.ts';

/** What somebody asked for, or what came of it. */
export const AuditEntry = z.looseObject({
  at: Instant,
  /** Subject of the token. */
  by: z.string().max(200),
  roles: z.array(z.string()),
  /** Id of the operation, as in the OpenAPI document. */
  action: z.string(),
  /** The continuation, where there is one. */
  target: z.string().nullable(),
  requestId: z.string(),
  /** `asked` stands before what must not happen without an entry; `done` or `refused` follows. */
  outcome: z.enum(['asked', 'done', 'refused']),
  /** Why it was refused, or failed. */
  code: z.string().optional(),
  /** What was asked for, as far as it is nobody's data: the name of a signal, the reason of a freeze. */
  detail: z.record(z.string(), JsonValue).optional(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

const HASH = z.string().regex(/^[0-9a-f]{64}$/);

/** Entries that were written together, and the hash of the record before. */
export const AuditRecord = z.looseObject({
  schemaVersion: z.literal(1),
  tenant: TenantSlug,
  /** Counts the records of a tenant, from 1, without gaps. */
  number: z.int().min(1),
  previous: HASH,
  entries: z.array(AuditEntry).min(1),
  /** SHA-256 of the record without it, as canonical JSON. */
  hash: HASH,
});
export type AuditRecord = z.infer<typeof AuditRecord>;

/** What the first record follows. */
export const AUDIT_GENESIS = '0'.repeat(64);

/** The end of a chain. */
export interface AuditEnd {
  readonly number: number;
  readonly hash: string;
}

/** The record that follows the end of a chain. */
export function auditRecord(
  tenant: string,
  { number, hash }: AuditEnd,
  entries: readonly AuditEntry[],
): AuditRecord {
  const record = {
    schemaVersion: 1 as const,
    tenant,
    number: number + 1,
    previous: hash,
    entries: [...entries],
  };
  return { ...record, hash: sha256Hex(canonicalJson(record)) };
}

/** What is wrong with a record. */
export type AuditFault = 'not-a-record' | 'of-another-tenant' | 'out-of-place' | 'changed';

/** Checks records one after the other, from any of them on. */
export class AuditVerifier {
  #end: AuditEnd | undefined;
  #tenant: string | undefined;

  /** @param end what the first record has to follow; left out: it is taken as it is. */
  constructor(end?: AuditEnd) {
    this.#end = end;
  }

  /** The last record that was in order. */
  get end(): AuditEnd | undefined {
    return this.#end;
  }

  /** @returns what is wrong with the next record; undefined when it is in order. */
  add(row: string): AuditFault | undefined {
    let value: unknown;
    try {
      value = JSON.parse(row);
    } catch {
      return 'not-a-record';
    }
    const parsed = AuditRecord.safeParse(value);
    if (!parsed.success) return 'not-a-record';
    const { hash, ...rest } = parsed.data;
    if (this.#tenant !== undefined && rest.tenant !== this.#tenant) return 'of-another-tenant';
    const { number, previous } = rest;
    if (this.#end && (number !== this.#end.number + 1 || previous !== this.#end.hash)) {
      return 'out-of-place';
    }
    if (sha256Hex(canonicalJson(rest)) !== hash) return 'changed';
    this.#tenant = rest.tenant;
    this.#end = { number, hash };
    return undefined;
  }
}

/** Partition of a tenant's audit log. */
export function auditPartition(tenant: string): string {
  return `${tenant}:audit`;
}

/** Key of a record. */
export function auditKey(tenant: string, number: number): string {
  return `${auditPartition(tenant)}:${String(number).padStart(12, '0')}`;
}
