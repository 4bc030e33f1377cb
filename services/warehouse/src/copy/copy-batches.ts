import { partitionKeyOf, type ContinuationRef } from '@maestro/core';
import { eventColumns, type EventColumns } from '../tables/event-columns.ts';
import type { CopySource, LackingLog } from './copy-source.ts';

/** At most so many characters of rows, or so many events, in one batch; a single event may be larger. */
const MAX_CHARS = 4 * 1024 * 1024;
const MAX_EVENTS = 5_000;
/** Rows that are read at a time; one has at most 350 KiB. */
const PAGE = 100;

/**
 * The events that logs lack, in batches. Those of one log follow on each other; a long log comes in several batches.
 *
 * @param onBroken told of a log with a row that is no event of its place; what was read of it with that row is left out.
 */
export async function* copyBatches(
  source: Pick<CopySource, 'rows'>,
  lacking: readonly LackingLog[],
  onBroken: (ref: ContinuationRef, error: unknown) => void,
): AsyncGenerator<readonly EventColumns[], void> {
  let batch: EventColumns[] = [];
  let chars = 0;
  const broken = new Set<string>();
  for (const page of pagesOf(lacking)) {
    const wanted = page.filter(({ ref }) => !broken.has(partitionKeyOf(ref)));
    const rows = await source.rows(wanted);
    for (const log of wanted) {
      let events: readonly EventColumns[] = [];
      try {
        events = eventColumns(log.ref, log.after + 1, rows.get(partitionKeyOf(log.ref)) ?? []);
      } catch (error) {
        onBroken(log.ref, error);
      }
      // Whose events are not all there, because the tables are being emptied, goes on another time.
      if (events.length < log.to - log.after) broken.add(partitionKeyOf(log.ref));
      for (const event of events) {
        const isFull = chars + event.row.length > MAX_CHARS || batch.length === MAX_EVENTS;
        if (isFull && batch.length > 0) {
          yield batch;
          batch = [];
          chars = 0;
        }
        batch.push(event);
        chars += event.row.length;
      }
    }
  }
  if (batch.length > 0) yield batch;
}

/** Logs, or parts of long ones, that have as many rows together as are read at a time. */
function* pagesOf(lacking: readonly LackingLog[]): Generator<readonly LackingLog[], void> {
  let page: LackingLog[] = [];
  let rows = 0;
  for (const { ref, after, to } of lacking) {
    for (let from = after; from < to;) {
      const until = Math.min(to, from + PAGE - rows);
      page.push({ ref, after: from, to: until });
      rows += until - from;
      from = until;
      if (rows < PAGE) continue;
      yield page;
      page = [];
      rows = 0;
    }
  }
  if (page.length > 0) yield page;
}

/** The last event of each log in a batch. */
export function lastOfLogs(batch: readonly EventColumns[]): EventColumns[] {
  return batch.filter((event, index) => {
    const next = batch[index + 1];
    return next?.ref.id !== event.ref.id || next.ref.tenant !== event.ref.tenant;
  });
}
