import type { EventRows } from '../reader/event-reader.ts';

/** What a store itself tells of its rows, in the order of each continuation, from the beginning or a checkpoint on. */
export interface ChangeFeed {
  /**
   * Reads what has changed since the last call and hands the log's rows on; the checkpoint moves only once they are
   * taken, so after a crash some come again.
   *
   * @returns how many rows were handed on.
   */
  poll(take: (rows: EventRows) => Promise<void>, signal?: AbortSignal): Promise<number>;
}

/** Where a feed keeps how far it has come. */
export interface Checkpoints {
  load(name: string): Promise<string | undefined>;
  save(name: string, value: string): Promise<void>;
}

/** Polls a feed until the signal aborts; a poll that found something is followed at once by the next. */
export async function followFeed(
  feed: ChangeFeed,
  take: (rows: EventRows) => Promise<void>,
  options: {
    readonly signal: AbortSignal;
    /** Pause after a poll that found nothing, in ms. @default 1000 */
    readonly everyMs?: number;
    /** Told of a poll that failed; it is repeated. */
    readonly onError?: (error: unknown) => void;
  },
): Promise<void> {
  const { signal, everyMs = 1_000, onError } = options;
  while (!signal.aborted) {
    const found = await feed.poll(take, signal).catch((error: unknown) => {
      if (!signal.aborted) onError?.(error);
      return 0;
    });
    if (found === 0) await pause(everyMs, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
