import type { EventsPage } from '@maestro/client/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { plainIdentity, startApi, type ApiHarness } from './testing/api-harness.ts';

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

/** A page, and how long it took, in ms. */
async function page(path: string): Promise<EventsPage & { readonly tookMs: number }> {
  const since = performance.now();
  const { json, httpStatus } = await api.call('GET', path);
  expect(httpStatus).toBe(200);
  return { ...(json as EventsPage), tookMs: performance.now() - since };
}

const eventsOf = (id: string, query: string) => `/continuations/${id}/events?${query}`;

it('answers at once where there is an event already', async () => {
  const id = await api.start('wait@1');
  const { events, tookMs } = await page(eventsOf(id, 'from=4&wait=30'));
  expect(events).toHaveLength(1);
  expect(tookMs).toBeLessThan(2000);
});

it('answers as soon as there is an event, without waiting for a poll', async () => {
  const id = await api.start('wait@1');
  const waiting = page(eventsOf(id, 'from=5&wait=30'));
  // Let the polls become slow.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  const since = performance.now();
  await api.call('POST', `/continuations/${id}/signals`, { body: { signal: 'go' } });
  const { events, head } = await waiting;
  expect(performance.now() - since).toBeLessThan(700);
  expect(events[0]).toMatchObject({ sequence: 5 });
  expect(head.sequence).toBe(events.at(-1)?.sequence);
});

it('answers with an empty page when the time is over', async () => {
  const id = await api.start('wait@1');
  const { events, next, head, tookMs } = await page(eventsOf(id, 'from=5&wait=1'));
  expect({ events, next }).toEqual({ events: [], next: null });
  expect(head.sequence).toBe(4);
  expect(tookMs).toBeGreaterThan(950);
  expect(tookMs).toBeLessThan(5000);
});

it('answers at once where the continuation has finished: there will be no event', async () => {
  const id = await api.start('noop@1', { sleepMs: 0 });
  await api.runtime.advance(0);
  const { events, tookMs } = await page(eventsOf(id, 'from=8&wait=30'));
  expect(events).toEqual([]);
  expect(tookMs).toBeLessThan(2000);
});

it('waits for nobody who only asks for headers, or whose token lasts no longer', async () => {
  const id = await api.start('wait@1');
  expect(await api.call('HEAD', eventsOf(id, 'from=5&wait=30'))).toMatchObject({ httpStatus: 200 });
  await api.close();
  const verify = async (token: string) => ({
    ...(await plainIdentity.verify(token)),
    expiresAtMs: api.runtime.clock.nowMs() + 200,
  });
  api = await startApi({ identity: { verify } });
  const other = await api.start('wait@1');
  expect((await page(eventsOf(other, 'from=5&wait=30'))).tookMs).toBeLessThan(2000);
});

it('answers with an empty page when the server shuts down', async () => {
  const id = await api.start('wait@1');
  const waiting = page(eventsOf(id, 'from=5&wait=30'));
  await new Promise((resolve) => setTimeout(resolve, 200));
  await api.close();
  expect(await waiting).toMatchObject({ events: [], next: null });
});

it('stops reading when the client leaves', async () => {
  const id = await api.start('wait@1');
  const reads = vi.spyOn(api.runtime.store, 'readHead');
  const abort = new AbortController();
  const left = fetch(`${api.api.url}${eventsOf(id, 'from=5&wait=30')}`, {
    headers: { authorization: 'Bearer acme:alice' },
    signal: abort.signal,
  }).catch(() => 'left');
  await vi.waitFor(() => expect(reads).toHaveBeenCalled());
  abort.abort();
  expect(await left).toBe('left');
  await new Promise((resolve) => setTimeout(resolve, 300));
  reads.mockClear();
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(reads).not.toHaveBeenCalled();
});

it.each(['31', '-1', '1.5', 'long'])('refuses to wait for %s seconds', async (wait) => {
  const id = await api.start('wait@1');
  expect(await api.refused('GET', eventsOf(id, `wait=${wait}`))).toMatchObject({
    httpStatus: 400,
    code: 'request.invalid',
    errors: [{ at: 'wait' }],
  });
});
