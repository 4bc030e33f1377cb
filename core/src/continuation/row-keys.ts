import type { ContinuationRef } from './identifiers.ts';

/** Every this many events the folded state is kept as a snapshot, so that reading the past folds at most this many. */
export const SNAPSHOT_INTERVAL = 100;

/** The partition that holds all rows of one continuation: `{tenant}:{id}`. */
export function partitionKeyOf(ref: ContinuationRef): string {
  return `${ref.tenant}:${ref.id}`;
}

/** Key of the head row. */
export function headKey(ref: ContinuationRef): string {
  return `${partitionKeyOf(ref)}:head`;
}

/** Key of the log entry at a sequence (1, 2, 3 ...), padded to 12 digits so that keys sort as numbers. */
export function logKey(ref: ContinuationRef, sequence: number): string {
  return `${partitionKeyOf(ref)}:log:${String(sequence).padStart(12, '0')}`;
}

/** Key of the snapshot of the state as it was right after the event at a sequence. */
export function snapshotKey(ref: ContinuationRef, sequence: number): string {
  return `${partitionKeyOf(ref)}:snap:${String(sequence).padStart(12, '0')}`;
}
