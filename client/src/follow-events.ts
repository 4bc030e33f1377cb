import { MaestroError, type StoredEvent } from '@maestro/core';
import { backoffMs, pause, RetryLater } from './retry.ts';
import { readServerSentEvents } from './server-sent-events.ts';
import type { Transport } from './transport.ts';

/** Without a byte for this long (the server sends something every 15 s) a connection counts as dead. */
const SILENCE_MS = 45_000;

/** Tries without a single event in between after which a stream is given up. */
const MAX_TRIES = 60;

/**
 * The events of a continuation from a sequence on, as they are committed; ends when the continuation has finished.
 * A lost connection is opened again where it broke off: no event is left out or given twice.
 */
export async function* followEvents(
  transport: Transport,
  path: string,
  options: { readonly from?: number; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<StoredEvent, void> {
  const { signal } = options;
  let next = options.from ?? 1;
  for (let tries = 1; ; tries++) {
    signal?.throwIfAborted();
    const silent = new AbortController();
    let watchdog = setTimeout(() => silent.abort(), SILENCE_MS);
    const onBytes = (): void => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => silent.abort(), SILENCE_MS);
    };
    try {
      const response = await transport.send(
        {
          method: 'GET',
          path,
          headers: { 'last-event-id': String(next - 1), accept: 'text/event-stream' },
          signal: signal ? AbortSignal.any([signal, silent.signal]) : silent.signal,
        },
        signal,
      );
      if (response.status === 204 || !response.body) return;
      for await (const { event, data } of readServerSentEvents(response.body, onBytes)) {
        if (event === 'end') return;
        const stored = JSON.parse(data) as StoredEvent;
        if (stored.sequence < next) continue;
        tries = 0;
        next = stored.sequence + 1;
        yield stored;
      }
    } catch (error) {
      signal?.throwIfAborted();
      // Refused for good. Everything else (a reset connection, a restart) is worth another try.
      if (error instanceof MaestroError) throw error;
      if (tries >= MAX_TRIES) throw error instanceof RetryLater ? error.cause : error;
    } finally {
      clearTimeout(watchdog);
    }
    await pause(backoffMs(Math.max(tries, 1)), signal);
  }
}
