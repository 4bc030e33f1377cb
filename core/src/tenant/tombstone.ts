import { canonicalJson } from '../canonical/canonical-json.ts';

/** How a row begins that was erased. */
export const TOMBSTONE_BEGINNING = '{"tombstone":';

/** What stands in a row whose content was erased: the row stays, so that no late commit takes its place. */
export function tombstone(at: string): string {
  return canonicalJson({ tombstone: { at } });
}

/** Whether a row was erased. */
export function isTombstone(row: string): boolean {
  return row.startsWith(TOMBSTONE_BEGINNING);
}
