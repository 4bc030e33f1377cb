import {
  FOLD_VERSION,
  LogVerifier,
  MaestroError,
  parseStoredEvent,
  type ChainFault,
  type ContinuationRef,
  type EventLog,
} from '@maestro/core';
import { z } from 'zod';

/** What came of a replay. */
export type Replay =
  /** The events fold to the head, byte for byte. */
  | { readonly outcome: 'same'; readonly sequence: number }
  /** They fold to something else, from this byte on. */
  | {
      readonly outcome: 'different';
      readonly sequence: number;
      readonly atByte: number;
      /** The head that they fold to. */
      readonly replayed: string;
    }
  /** Events up to the head are still missing. */
  | { readonly outcome: 'behind'; readonly sequence: number; readonly missing: number }
  /** They are not a log that verifies. */
  | { readonly outcome: 'broken'; readonly fault: ChainFault }
  /** A payload was erased, so there is nothing to compare; the chain holds. */
  | { readonly outcome: 'erased'; readonly sequence: number }
  /** The head is of another fold than this release's, so its bytes say nothing; the chain holds. */
  | { readonly outcome: 'other-fold'; readonly sequence: number; readonly foldVersion: number };

const Head = z.looseObject({ sequence: z.int().min(1), foldVersion: z.int() });
const PAGE = 500;

/**
 * Folds the events of a continuation, as tables hold them, up to a live head and compares the two byte by byte; the
 * hash chain is checked on the way. Events beyond the head are left aside: the head may have been read before they came.
 *
 * @param head text of the head row.
 * @throws MaestroError `log.corrupt` when the head or a row cannot be read at all.
 */
export async function replay(
  tables: Pick<EventLog, 'readRange'>,
  ref: ContinuationRef,
  head: string,
): Promise<Replay> {
  const { sequence, foldVersion } = readHead(ref, head);
  const verifier = new LogVerifier(ref);
  while (verifier.position.sequence < sequence) {
    const from = verifier.position.sequence + 1;
    const rows = await tables.readRange(ref, from, Math.min(PAGE, sequence + 1 - from));
    if (rows.length === 0) {
      return { outcome: 'behind', sequence: from - 1, missing: sequence + 1 - from };
    }
    for (const row of rows) {
      const fault = verifier.add(parseStoredEvent(row));
      if (fault) return { outcome: 'broken', fault };
    }
  }
  if (foldVersion !== FOLD_VERSION) return { outcome: 'other-fold', sequence, foldVersion };
  const { head: replayed } = verifier;
  if (replayed === undefined) return { outcome: 'erased', sequence };
  if (replayed === head) return { outcome: 'same', sequence };
  return { outcome: 'different', sequence, atByte: firstDifference(replayed, head), replayed };
}

function readHead(ref: ContinuationRef, head: string): z.infer<typeof Head> {
  try {
    return Head.parse(JSON.parse(head));
  } catch (error) {
    throw new MaestroError('log.corrupt', `the head of ${ref.tenant}:${ref.id} cannot be read`, {
      cause: error,
    });
  }
}

/** The first byte of the UTF-8 texts in which they differ. */
function firstDifference(a: string, b: string): number {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  const at = one.findIndex((byte, index) => byte !== other[index]);
  return at === -1 ? one.length : at;
}
