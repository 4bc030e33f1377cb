import {
  AUDIT_GENESIS,
  AuditRecord,
  auditKey,
  auditPartition,
  auditRecord,
  canonicalJson,
  jsonOrUndefined,
  MaestroError,
  type AuditEnd,
  type AuditEntry,
  type AuditLog,
} from '@maestro/core';
import type { RowStore } from '../store/row-store.ts';

/** Entries of one record at most, and their characters of JSON: a row has to fit every supported store. */
const MAX_ENTRIES = 100;
const MAX_CHARS = 64 * 1024;

/** Tries in one place that the store neither takes nor has taken, before a record is given up. */
const TRIES = 7;

/** Tenants whose ends are remembered at most. */
const MAX_REMEMBERED = 1_000;

interface Waiting {
  readonly entry: AuditEntry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Audit logs in the state store, a row for each record. Any number of processes may write one log: a record is only
 * created where there is none, and who comes second reads on and tries the next place. Entries that come while a record
 * is being written share the next one.
 */
export class StoredAudit implements AuditLog {
  readonly #rows: RowStore;
  readonly #ends = new Map<string, AuditEnd>();
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(rows: RowStore) {
    this.#rows = rows;
  }

  append(tenant: string, entry: AuditEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(tenant);
      const one = { entry, resolve, reject };
      if (waiting) {
        waiting.push(one);
      } else {
        this.#waiting.set(tenant, [one]);
        void this.#writeAll(tenant);
      }
    });
  }

  async read(tenant: string, from: number, limit: number): Promise<readonly string[]> {
    const keys = Array.from({ length: limit }, (_, index) => auditKey(tenant, from + index));
    const rows = await this.#rows.readMany(auditPartition(tenant), keys);
    const end = rows.indexOf(undefined);
    return rows.slice(0, end === -1 ? limit : end) as string[];
  }

  /** Writes what waits, until nothing does. */
  async #writeAll(tenant: string): Promise<void> {
    for (;;) {
      const waiting = this.#waiting.get(tenant) ?? [];
      const batch = waiting.splice(0, fitting(waiting));
      if (batch.length === 0) {
        this.#waiting.delete(tenant);
        return;
      }
      try {
        await this.#write(
          tenant,
          batch.map(({ entry }) => entry),
        );
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.#ends.delete(tenant);
        for (const { reject } of batch) reject(error);
      }
    }
  }

  async #write(tenant: string, entries: readonly AuditEntry[]): Promise<void> {
    let failure: unknown;
    let tries = 0;
    while (tries < TRIES) {
      const end = this.#ends.get(tenant) ?? (await this.#find(tenant));
      const record = auditRecord(tenant, end, entries);
      const row = {
        key: auditKey(tenant, record.number),
        value: canonicalJson(record),
        createOnly: true,
      };
      try {
        await this.#rows.write(auditPartition(tenant), [row]);
        return this.#remember(tenant, record);
      } catch (error) {
        failure = error;
      }
      // Refused or unanswered: what is there now says whose place it is.
      const there = await this.#recordAt(tenant, record.number);
      if (there?.hash === record.hash) return this.#remember(tenant, record);
      if (there) {
        // Somebody else's: the next place is tried at once, however often that happens.
        this.#remember(tenant, there);
      } else {
        await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** tries));
        tries += 1;
      }
    }
    throw new MaestroError(
      'sidecar.unavailable',
      `the audit log of tenant ${tenant} takes nothing`,
      { cause: failure },
    );
  }

  #remember(tenant: string, { number, hash }: AuditEnd): void {
    this.#ends.delete(tenant);
    this.#ends.set(tenant, { number, hash });
    const [oldest] = this.#ends.keys();
    if (this.#ends.size > MAX_REMEMBERED && oldest !== undefined) this.#ends.delete(oldest);
  }

  /** The end of a log, by looking twice as far each time and then in between: records have no gaps. */
  async #find(tenant: string): Promise<AuditEnd> {
    let there = 0;
    let free = 1;
    while (await this.#recordAt(tenant, free)) {
      there = free;
      free *= 2;
    }
    while (free - there > 1) {
      const middle = Math.floor((there + free) / 2);
      if (await this.#recordAt(tenant, middle)) there = middle;
      else free = middle;
    }
    const last = there === 0 ? undefined : await this.#recordAt(tenant, there);
    return last ?? { number: 0, hash: AUDIT_GENESIS };
  }

  async #recordAt(tenant: string, number: number): Promise<AuditRecord | undefined> {
    const row = await this.#rows.read(auditPartition(tenant), auditKey(tenant, number));
    if (row === undefined) return undefined;
    const parsed = AuditRecord.safeParse(jsonOrUndefined(row));
    if (parsed.success && parsed.data.tenant === tenant) return parsed.data;
    throw new MaestroError(
      'log.corrupt',
      `record ${number} of the audit log of tenant ${tenant} is none`,
      { cause: parsed.error },
    );
  }
}

/** How many of some entries one record takes: one at least. */
function fitting(waiting: readonly Waiting[]): number {
  let chars = 0;
  const end = waiting.findIndex(({ entry }, index) => {
    chars += JSON.stringify(entry).length;
    return index > 0 && (index === MAX_ENTRIES || chars > MAX_CHARS);
  });
  return end === -1 ? waiting.length : end;
}
