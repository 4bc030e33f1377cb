import type { MaestroClient } from '@maestro/client';
import type { CallBook } from '../load/call-book.ts';
import type { ApiClients } from './api-clients.ts';

/** How a follower's opening of a live stream is called in the report: until its first event has come in. */
export const OPENED = 'GET /continuations/{id}/events/stream, to the first event';
/** How the way of each event is called that comes after that, from the instant it bears to the follower. */
export const HEARD = 'an event, from its instant to a follower';

const SLEEP_MS = 1_000;

/** One follower: starts a continuation, follows it to its end, follows the next, until an instant of `performance.now`. */
export async function followLives(
  clients: ApiClients,
  client: MaestroClient,
  book: CallBook,
  untilMs: number,
): Promise<void> {
  while (performance.now() < untilMs) {
    const id = await clients.start(book, 'noop@1', { sleepMs: SLEEP_MS });
    if (id === undefined) continue;
    try {
      await follow(id, client, book);
    } catch (error) {
      book.failed(OPENED, error);
    }
  }
}

/** @throws Error when an event is left out, comes twice, or the end does not come. */
async function follow(id: string, client: MaestroClient, book: CallBook): Promise<void> {
  const from = performance.now();
  const openedAtMs = Date.now();
  let last = 0;
  let type = '';
  for await (const event of client.follow(id)) {
    if (last === 0) book.took(OPENED, performance.now() - from);
    if (event.sequence !== last + 1) throw new Error(`${id}: ${event.sequence} after ${last}`);
    ({ sequence: last, type } = event);
    const atMs = Date.parse(event.at);
    if (atMs > openedAtMs) book.took(HEARD, Date.now() - atMs);
  }
  if (type !== 'publish') throw new Error(`${id} ended with ${type || 'nothing'}`);
}
