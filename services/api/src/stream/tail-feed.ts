import { MaestroError, type EventLog } from '@maestro/core';
import { readRows } from '../view/log-rows.ts';
import { writePosition, type FeedPosition } from './feed-position.ts';
import { FIRST_POLL_MS, nextPollMs, NudgedPause } from './nudged-pause.ts';
import type { TenantFeed } from './tenant-feed.ts';

const PAGE = 100;

/** A nudge ends it; without one there is nothing to look for. */
const LONG_MS = 60_000;

/** Rows as they come in; `gap` where some were left out. */
export type FeedItem =
  | { readonly kind: 'row'; readonly position: string; readonly row: string }
  | { readonly kind: 'gap'; readonly position: string };

/** What is followed, from where, and how. */
export interface TailFeedOptions {
  readonly log: EventLog;
  readonly tenant: string;
  readonly feed: TenantFeed;
  /** How far the listener has come. */
  readonly after: FeedPosition;
  /** Ends the tail. */
  readonly signal: AbortSignal;
  /** Told when the store could not be read; the tail goes on. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Follows what a tenant commits until the signal aborts: reads the rows of one commit after another. Whoever is too slow is told of the
 * commits that were forgotten meanwhile by a gap, and goes on with the oldest that is remembered.
 */
export async function* tailFeed(options: TailFeedOptions): AsyncGenerator<FeedItem, void> {
  const { log, tenant, feed, after, signal } = options;
  const news = new NudgedPause(signal);
  const rest = new NudgedPause(signal);
  const stop = feed.on(() => news.end());
  let number = after.sequence === 0 ? after.number + 1 : after.number;
  let sequence = after.sequence;
  let delayMs = FIRST_POLL_MS;
  try {
    while (!signal.aborted) {
      if (number < feed.oldest) {
        number = feed.oldest;
        sequence = 0;
        yield gapBefore(feed, number);
        continue;
      }
      const commit = feed.at(number);
      if (!commit) {
        await news.wait(LONG_MS);
        continue;
      }
      const { continuation, to } = commit;
      let next = sequence === 0 ? commit.from : sequence + 1;
      try {
        const count = Math.min(PAGE, to - next + 1);
        const rows = await readRows(log, { tenant, id: continuation }, next, count, signal);
        for (const row of rows) {
          sequence = next === to ? 0 : next;
          yield { kind: 'row', position: writePosition(feed, { number, sequence }), row };
          next++;
        }
        delayMs = FIRST_POLL_MS;
        if (next <= to && rows.length > 0) continue;
        number++;
        sequence = 0;
        // A row that is not there any more will not come.
        if (next <= to) yield gapBefore(feed, number);
      } catch (error) {
        if (signal.aborted) return;
        options.onFault(error);
        if (MaestroError.from(error).code !== 'log.corrupt') {
          await rest.wait(delayMs);
          delayMs = nextPollMs(delayMs);
          continue;
        }
        // What cannot be read keeps up nothing else of the tenant.
        number++;
        sequence = 0;
        yield gapBefore(feed, number);
      }
    }
  } finally {
    stop();
  }
}

/** Says that something was left out before a commit. */
function gapBefore(feed: TenantFeed, number: number): FeedItem {
  return { kind: 'gap', position: writePosition(feed, { number: number - 1, sequence: 0 }) };
}
