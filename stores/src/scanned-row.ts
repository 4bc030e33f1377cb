import { isTombstone, TOMBSTONE_BEGINNING, type ScannedHead } from '@maestro/core';

/** Rows of one page of a scan. */
export const PAGE_ROWS = 500;

/** How a value begins that was erased, as Dapr stores it: as the JSON of a text. */
export const ERASED_BEGINNING = JSON.stringify(TOMBSTONE_BEGINNING).slice(0, -1);

/**
 * The head in a row of a Dapr state table. Dapr stores a value as JSON, and ours are JSON texts: decoded twice.
 *
 * @returns undefined for a row that is not a continuation's head, or was erased.
 */
export function scannedHead(key: string, value: string): ScannedHead | undefined {
  const [tenant = '', id = '', kind, ...rest] = key.split(':');
  if (kind !== 'head' || rest.length > 0) return undefined;
  let head: unknown;
  try {
    head = JSON.parse(value);
  } catch {
    return undefined;
  }
  return typeof head === 'string' && !isTombstone(head) ? { ref: { tenant, id }, head } : undefined;
}

/** The SQL LIKE pattern of the head keys of a tenant, or of all. A slug holds none of LIKE's own characters. */
export function headPattern(tenant: string | undefined): string {
  return `${tenant ?? '%'}:%:head`;
}
