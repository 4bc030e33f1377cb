import {
  ContinuationState,
  fold,
  FOLD_VERSION,
  MaestroError,
  parseStoredEvent,
  STATE_SCHEMA_VERSION,
  upcast,
  type ContinuationRef,
  type ContinuationStore,
  type EventLog,
} from '@maestro/core';

const PAGE = 200;

/**
 * The current state by a strong read of the head. A head that another release folded differently is not trusted: the
 * log is folded again.
 *
 * @returns null when the continuation does not exist.
 * @throws MaestroError `log.corrupt` when head and log cannot be read.
 */
export async function loadState(
  ref: ContinuationRef,
  store: ContinuationStore,
  log: EventLog,
): Promise<ContinuationState | null> {
  const head = await store.readHead(ref);
  if (head === undefined) return null;
  const value = JSON.parse(head) as { schemaVersion?: unknown; foldVersion?: unknown };
  if (value.schemaVersion !== STATE_SCHEMA_VERSION || value.foldVersion !== FOLD_VERSION) {
    return foldWholeLog(ref, log);
  }
  const parsed = ContinuationState.safeParse(value);
  if (!parsed.success) {
    throw new MaestroError('log.corrupt', `the head of ${ref.id} is not a state`, {
      cause: parsed.error,
    });
  }
  return parsed.data;
}

async function foldWholeLog(
  ref: ContinuationRef,
  log: EventLog,
): Promise<ContinuationState | null> {
  let state: ContinuationState | null = null;
  for (;;) {
    const rows = await log.readRange(ref, (state?.sequence ?? 0) + 1, PAGE);
    for (const row of rows) state = fold(state, upcast(parseStoredEvent(row)));
    if (rows.length < PAGE) return state;
  }
}
