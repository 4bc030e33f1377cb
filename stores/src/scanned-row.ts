import type { ScannedHead } from '@maestro/core';

/** Heads of one page of a scan. */
export const PAGE_ROWS = 500;

/**
 * The head in a row of a Dapr state table. Dapr stores a value as JSON, and ours are JSON texts: decoded twice.
 *
 * @returns undefined for a row that is not a continuation's head.
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
  return typeof head === 'string' ? { ref: { tenant, id }, head } : undefined;
}

/** The SQL LIKE pattern of the head keys of a tenant, or of all. A slug holds none of LIKE's own characters. */
export function headPattern(tenant: string | undefined): string {
  return `${tenant ?? '%'}:%:head`;
}
