import { auditPartition } from '../audit/audit-record.ts';
import { tenantPartition } from './tenant-document.ts';

/**
 * Whether a row goes with its tenant: all but those that say that it was deleted, when and by whom (document, freeze, audit
 * log).
 */
export function isErasable(tenant: string, key: string): boolean {
  return (
    key.startsWith(`${tenant}:`) &&
    !key.startsWith(`${tenantPartition(tenant)}:`) &&
    !key.startsWith(`${auditPartition(tenant)}:`)
  );
}
