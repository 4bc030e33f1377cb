import { pause } from '../pause.ts';
import type { LogEnd } from '../reader/event-reader.ts';

/** What a store itself tells of its heads, from the beginning or a checkpoint on; of several of one, perhaps the last alone. */
export interface ChangeFeed {
  /**
   * Reads what has changed since the last call and hands on where logs end now; the checkpoint moves only once that is
   * taken, so after a crash some come again.
   *
   * @returns how many were handed on.
   */
  poll(take: (end: LogEnd) => Promise<void>, signal?: AbortSignal): Promise<number>;
}

/** Where a feed keeps how far it has come. */
export interface Checkpoints {
  load(name: string): Promise<string | undefined>;
  save(name: string, value: string): Promise<void>;
}

/** Polls a feed until the signal aborts; a poll that found something is followed at once by the next. */
export async function followFeed(
  feed: ChangeFeed,
  take: (end: LogEnd) => Promise<void>,
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
