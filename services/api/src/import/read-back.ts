import {
  LogVerifier,
  MaestroError,
  parseStoredEvent,
  type ContinuationRef,
  type EventLog,
} from '@maestro/core';
import { invalidImport } from './check-rows.ts';

const PAGE = 200;

/**
 * Reads rows back up to the end of a log and checks them all, whoever stored them.
 *
 * @param end where the log has to end.
 * @throws MaestroError `import.invalid` when it is broken or incomplete, `import.conflict` when it goes on.
 */
export async function readBack(
  log: EventLog,
  ref: ContinuationRef,
  end: { readonly sequence: number; readonly hash: string },
): Promise<LogVerifier> {
  const verifier = new LogVerifier(ref);
  while (verifier.position.sequence < end.sequence) {
    const next = verifier.position.sequence + 1;
    for (const row of await rowsFrom(log, ref, next, end.sequence - next + 1)) add(verifier, row);
  }
  if (verifier.position.hash !== end.hash) {
    throw new MaestroError('import.conflict', `event ${end.sequence} is another one than yours`);
  }
  if ((await log.readEntry(ref, end.sequence + 1)) !== undefined) {
    throw new MaestroError(
      'import.conflict',
      `a longer log of ${ref.id} has been imported here in part; finish that one`,
    );
  }
  return verifier;
}

/** At least one row. */
async function rowsFrom(
  log: EventLog,
  ref: ContinuationRef,
  from: number,
  count: number,
): Promise<readonly string[]> {
  const rows = await log.readRange(ref, from, Math.min(count, PAGE));
  if (rows.length === 0) throw invalidImport(from, 'is not here: send all rows before you finish');
  return rows;
}

function add(verifier: LogVerifier, row: string): void {
  const sequence = verifier.position.sequence + 1;
  let message: string | undefined;
  try {
    message = verifier.add(parseStoredEvent(row))?.message;
  } catch (error) {
    throw invalidImport(sequence, MaestroError.from(error).message, error);
  }
  if (message !== undefined) throw invalidImport(sequence, message);
}
