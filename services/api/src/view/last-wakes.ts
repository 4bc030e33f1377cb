import type { Explanation } from '@maestro/client/protocol';
import { parseStoredEvent, upcast, type ContinuationRef, type EventLog } from '@maestro/core';
import { readRows } from './log-rows.ts';

/** Events at the end of a log that are looked at, and wakes that are told. */
const EVENTS = 100;
const WAKES = 10;

/** The last wakes of a continuation, newest first. */
export async function lastWakes(
  log: EventLog,
  ref: ContinuationRef,
  sequence: number,
): Promise<Explanation['wakes']> {
  const from = Math.max(1, sequence - EVENTS + 1);
  const rows = await readRows(log, ref, from, sequence - from + 1);
  return rows
    .filter((row) => row.includes('"type":"wake"'))
    .slice(-WAKES)
    .reverse()
    .flatMap((row) => {
      const event = upcast(parseStoredEvent(row));
      return event.type === 'wake'
        ? [{ at: event.at, kind: event.payload.cause.kind, lateMs: event.payload.lateMs }]
        : [];
    });
}
