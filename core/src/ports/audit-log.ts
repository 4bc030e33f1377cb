import type { AuditEntry } from '../audit/audit-record.ts';

/** Who did what, by tenant: records that are chained by their hashes. */
export interface AuditLog {
  /**
   * Adds an entry, with whatever else comes at the same time.
   *
   * @throws MaestroError, retryable, when the store does not take it.
   */
  append(tenant: string, entry: AuditEntry): Promise<void>;

  /** Records as they are stored, from a number on; fewer than `limit` where the log ends. */
  read(tenant: string, from: number, limit: number): Promise<readonly string[]>;
}
