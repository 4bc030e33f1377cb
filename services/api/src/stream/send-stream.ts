import type { Clock, Principal, TenantDirectory } from '@maestro/core';
import type { Response } from 'express';
import { once } from 'node:events';

const HEARTBEAT_MS = 15_000;

/** How long a reader may take what is left at the end, in ms. */
const CLOSE_MS = 10_000;

/** Headers of every live stream. */
export const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Proxies that collect answers before they pass them on would hold events back.
  'x-accel-buffering': 'no',
} as const;

/** What a stream hangs on. */
export interface SendStreamOptions {
  readonly response: Response;
  /** Aborts when the stream ends. */
  readonly open: AbortController;
  readonly principal: Principal;
  readonly clock: Clock;
  readonly tenants: Pick<TenantDirectory, 'deletion'>;
}

/** Sends messages as they come, no faster than the reader takes them, and a comment now and then. */
export async function sendStream(
  messages: AsyncIterable<string>,
  { response, open, principal, clock, tenants }: SendStreamOptions,
): Promise<void> {
  response.writeHead(200, STREAM_HEADERS);
  response.write('retry: 1000\n\n');
  const heartbeat = setInterval(() => {
    // A stream outlives neither the token that opened it nor its tenant.
    if (clock.nowMs() >= principal.expiresAtMs || response.destroyed) return open.abort();
    response.write(': heartbeat\n\n');
    tenants.deletion(principal.tenant).then(
      (deletion) => deletion && open.abort(),
      () => undefined,
    );
  }, HEARTBEAT_MS);
  try {
    for await (const message of messages) {
      if (response.write(message)) continue;
      if (response.destroyed) break;
      await once(response, 'drain', { signal: open.signal }).catch(() => undefined);
    }
  } finally {
    clearInterval(heartbeat);
    response.end();
    // Who does not read does not keep the connection.
    setTimeout(() => response.destroy(), CLOSE_MS).unref();
  }
}

/** The type of an event, which is the name of its message. */
export function typeOf(row: string): string {
  return (JSON.parse(row) as { readonly type: string }).type;
}
