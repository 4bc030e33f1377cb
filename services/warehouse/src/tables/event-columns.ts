import { MaestroError, parseStoredEvent, type ContinuationRef } from '@maestro/core';

/** A row of the log and what the table `event` holds of it in columns of their own. */
export interface EventColumns {
  readonly ref: ContinuationRef;
  readonly generation: number;
  readonly sequence: number;
  readonly type: string;
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly commit: string;
  readonly traceId: string;
  readonly hash: string;
  /** The row byte for byte. */
  readonly row: string;
}

/**
 * Reads the columns of rows that follow on each other.
 *
 * @throws MaestroError `log.corrupt` for a row that is no event of this place in this log.
 */
export function eventColumns(
  ref: ContinuationRef,
  from: number,
  rows: readonly string[],
): EventColumns[] {
  return rows.map((row, index) => {
    const event = parseStoredEvent(row);
    const sequence = from + index;
    if (
      event.tenant !== ref.tenant ||
      event.continuation !== ref.id ||
      event.sequence !== sequence
    ) {
      throw new MaestroError(
        'log.corrupt',
        `a row that was given as event ${sequence} of ${ref.tenant}:${ref.id} is event ${event.sequence} of ${event.tenant}:${event.continuation}`,
      );
    }
    return {
      ref,
      generation: event.generation,
      sequence,
      type: event.type,
      version: event.version,
      at: event.at,
      commit: event.commit,
      traceId: event.trace.traceId,
      hash: event.hash,
      row,
    };
  });
}
