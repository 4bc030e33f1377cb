import { MaestroError } from '@maestro/core';
import { backoffMs, pause, RetryLater } from './retry.ts';
import { readServerSentEvents, type ServerSentEvent } from './server-sent-events.ts';
import type { Transport } from './transport.ts';

/** Without a byte for this long (the server sends something every 15 s) a connection counts as dead. */
const SILENCE_MS = 45_000;

/** Tries without a single message in between after which a stream is given up. */
const MAX_TRIES = 60;

/** A live stream, and where to take it up. */
export interface LiveStreamOptions {
  readonly path: string;
  /** Asked before each connection; undefined before the first message. */
  readonly lastEventId: () => string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The messages of a live stream, over as many connections as it takes, until the server answers that there is no more (204). */
export async function* liveMessages(
  transport: Transport,
  { path, lastEventId, signal }: LiveStreamOptions,
): AsyncGenerator<ServerSentEvent, void> {
  for (let tries = 1; ; tries++) {
    signal?.throwIfAborted();
    const silent = new AbortController();
    let watchdog = setTimeout(() => silent.abort(), SILENCE_MS);
    const onBytes = (): void => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => silent.abort(), SILENCE_MS);
    };
    const last = lastEventId();
    let laterMs = 0;
    try {
      const response = await transport.send(
        {
          method: 'GET',
          path,
          headers: {
            accept: 'text/event-stream',
            ...(last === undefined ? {} : { 'last-event-id': last }),
          },
          signal: signal ? AbortSignal.any([signal, silent.signal]) : silent.signal,
        },
        signal,
      );
      if (response.status === 204 || !response.body) return;
      for await (const message of readServerSentEvents(response.body, onBytes)) {
        // A notice alone is no progress: it comes with every connection.
        if (message.event !== 'open' && message.event !== 'gap') tries = 0;
        yield message;
      }
    } catch (error) {
      signal?.throwIfAborted();
      // Refused for good. Everything else (a reset connection, a restart) is worth another try.
      if (error instanceof MaestroError) throw error;
      if (tries >= MAX_TRIES) throw error instanceof RetryLater ? error.cause : error;
      if (error instanceof RetryLater) laterMs = error.afterMs;
    } finally {
      clearTimeout(watchdog);
    }
    await pause(Math.max(backoffMs(Math.max(tries, 1)), laterMs), signal);
  }
}
