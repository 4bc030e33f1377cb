import {
  canonicalJson,
  CHAIN_START,
  checkLink,
  MAX_ROW_BYTES,
  MaestroError,
  parseStoredEvent,
  upcast,
  type ChainPosition,
  type ContinuationRef,
  type EventLog,
  type StoredEvent,
} from '@maestro/core';

/** The refusal of a log, naming the event. */
export function invalidImport(sequence: number, message: string, cause?: unknown): MaestroError {
  return new MaestroError('import.invalid', `event ${sequence}: ${message}`, {
    details: [{ at: `event ${sequence}`, message }],
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Checks that rows are canonical, can be folded by this release, and follow on what is stored before them.
 *
 * @throws MaestroError `import.invalid`.
 */
export async function checkRows(
  log: EventLog,
  ref: ContinuationRef,
  { from, rows }: { readonly from: number; readonly rows: readonly string[] },
): Promise<void> {
  let position = await positionBefore(log, ref, from);
  for (const [index, row] of rows.entries()) {
    const result = checkLink(position, readRow(row, from + index), ref);
    if ('fault' in result) throw invalidImport(result.fault.sequence, result.fault.message);
    position = result.position;
  }
}

async function positionBefore(
  log: EventLog,
  ref: ContinuationRef,
  from: number,
): Promise<ChainPosition> {
  if (from === 1) return CHAIN_START;
  const row = await log.readEntry(ref, from - 1);
  if (row === undefined) {
    throw invalidImport(from - 1, 'is not here yet: send the rows in order, from 1 on');
  }
  const { hash, sequence, generation } = parseStoredEvent(row);
  return { hash, sequence, generation };
}

function readRow(row: string, sequence: number): StoredEvent {
  if (Buffer.byteLength(row) > MAX_ROW_BYTES) {
    throw invalidImport(sequence, `the row has more than ${MAX_ROW_BYTES} bytes`);
  }
  let event: StoredEvent;
  try {
    event = parseStoredEvent(row);
    upcast(event);
  } catch (error) {
    throw invalidImport(sequence, MaestroError.from(error).message, error);
  }
  // Hashes are over what a row says; that it says so in the one way that rows are written is for us to check.
  if (canonicalJson(event) !== row) throw invalidImport(sequence, 'the row is not canonical JSON');
  return event;
}
