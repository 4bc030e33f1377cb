import {
  ContinuationState,
  fold,
  FOLD_VERSION,
  parseStoredEvent,
  SNAPSHOT_INTERVAL,
  STATE_SCHEMA_VERSION,
  upcast,
  type ContinuationRef,
  type ContinuationStore,
  type EventLog,
} from '@maestro/core';

const PAGE = 100;

/**
 * The state right after an event: from the snapshot before it and at most 99 events on top, however long the log is. A
 * snapshot of another fold is passed over, and the one before it tried.
 *
 * @returns undefined when there is no such event.
 */
export async function stateAt(
  ref: ContinuationRef,
  sequence: number,
  store: Pick<ContinuationStore, 'readSnapshot'>,
  log: EventLog,
): Promise<ContinuationState | undefined> {
  let state = await snapshotUpTo(ref, sequence, store);
  while ((state?.sequence ?? 0) < sequence) {
    const from = (state?.sequence ?? 0) + 1;
    const rows = await log.readRange(ref, from, Math.min(PAGE, sequence - from + 1));
    if (rows.length === 0) return undefined;
    for (const row of rows) state = fold(state, upcast(parseStoredEvent(row)));
  }
  return state ?? undefined;
}

async function snapshotUpTo(
  ref: ContinuationRef,
  sequence: number,
  store: Pick<ContinuationStore, 'readSnapshot'>,
): Promise<ContinuationState | null> {
  for (let at = sequence - (sequence % SNAPSHOT_INTERVAL); at > 0; at -= SNAPSHOT_INTERVAL) {
    const text = await store.readSnapshot(ref, at);
    if (text === undefined) continue;
    const value = JSON.parse(text) as { schemaVersion?: unknown; foldVersion?: unknown };
    if (value.schemaVersion !== STATE_SCHEMA_VERSION || value.foldVersion !== FOLD_VERSION)
      continue;
    const parsed = ContinuationState.safeParse(value);
    if (parsed.success) return parsed.data;
  }
  return null;
}
