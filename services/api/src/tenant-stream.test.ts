import { MaestroClient } from '@maestro/client';
import type { StoredEvent } from '@maestro/core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startApi, type ApiHarness } from './testing/api-harness.ts';
import { LiveStream } from './testing/live-stream.ts';

const PATH = '/events/stream';

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

/** What a stream has given: `continuation/sequence`. */
const given = ({ data }: LiveStream): string[] =>
  (data as StoredEvent[])
    .filter(({ sequence }) => sequence !== undefined)
    .map(({ continuation, sequence }) => `${continuation}/${sequence}`);

const range = (id: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${id}/${from + index}`);

const go = (id: string) =>
  api.call('POST', `/continuations/${id}/signals`, { body: { signal: 'go' } });

it('gives what all continuations of the tenant commit from now on, each in order', async () => {
  const before = await api.start('wait@1');
  const live = await LiveStream.open(api, PATH);
  expect(live.response.headers.get('cache-control')).toBe('no-store');
  await vi.waitFor(() => expect(live.events).toEqual(['open']));
  const one = await api.start('wait@1');
  const other = await api.start('wait@1');
  await Promise.all([go(one), go(before)]);
  await vi.waitFor(() => expect(given(live)).toHaveLength(4 + 4 + 4 + 4));
  const of = (id: string) => given(live).filter((place) => place.startsWith(id));
  expect(of(before)).toEqual(range(before, 5, 8));
  expect(of(one)).toEqual(range(one, 1, 8));
  expect(of(other)).toEqual(range(other, 1, 4));
  // Byte for byte.
  const row = await api.runtime.store.readEntry({ tenant: 'acme', id: other }, 2);
  expect(live.text).toContain(`event: wake\ndata: ${row}\n`);
  live.leave();
});

it('gives nothing of other tenants', async () => {
  const live = await LiveStream.open(api, PATH, { authorization: 'Bearer umbrella:eve' });
  await api.start('wait@1');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(live.events).toEqual(['open']);
  live.leave();
});

it('goes on after the Last-Event-ID, without a gap or a repetition', async () => {
  const first = await LiveStream.open(api, PATH);
  const id = await api.start('wait@1');
  await vi.waitFor(() => expect(given(first)).toHaveLength(4));
  first.leave();
  await go(id);
  const late = await api.start('wait@1');
  const second = await LiveStream.open(api, PATH, { 'last-event-id': first.lastId! });
  await vi.waitFor(() => expect(given(second)).toHaveLength(8));
  expect(given(second)).toEqual([...range(id, 5, 8), ...range(late, 1, 4)]);
  expect(second.events).not.toContain('open');
  second.leave();
});

it('goes on within a commit', async () => {
  const first = await LiveStream.open(api, PATH);
  const id = await api.start('wait@1');
  await vi.waitFor(() => expect(given(first)).toHaveLength(4));
  first.leave();
  // The four events are one commit.
  const inside = [...first.text.matchAll(/^id: (.*)$/gm)].map(([, text]) => text!)[2]!;
  const second = await LiveStream.open(api, PATH, { 'last-event-id': inside });
  await vi.waitFor(() => expect(given(second)).toEqual(range(id, 3, 4)));
  second.leave();
});

it('says that events are missing to who comes from another process', async () => {
  await api.start('wait@1');
  const live = await LiveStream.open(api, PATH, { 'last-event-id': '00000000-7-0' });
  await vi.waitFor(() => expect(live.events).toEqual(['gap']));
  const id = await api.start('wait@1');
  await vi.waitFor(() => expect(given(live)).toEqual(range(id, 1, 4)));
  live.leave();
});

it('goes on when the store has not answered for a while', async () => {
  const live = await LiveStream.open(api, PATH);
  const reads = vi.spyOn(api.runtime.store, 'readRange').mockRejectedValueOnce(new Error('away'));
  const id = await api.start('wait@1');
  await vi.waitFor(() => expect(given(live)).toEqual(range(id, 1, 4)));
  expect(reads.mock.calls.length).toBeGreaterThan(1);
  live.leave();
});

it('is followed by the client', async () => {
  const client = new MaestroClient({ baseUrl: api.api.url, token: 'acme:alice' });
  const abort = new AbortController();
  const told: StoredEvent[] = [];
  const following = (async () => {
    for await (const event of client.followTenant({ signal: abort.signal })) told.push(event);
  })();
  // Each is about to be told of, or was committed before it began to listen.
  await vi.waitFor(async () => {
    await api.start('wait@1');
    expect(told.length).toBeGreaterThan(0);
  });
  expect(told[0]).toMatchObject({ tenant: 'acme', sequence: 1, type: 'spawn' });
  abort.abort(new Error('enough'));
  await expect(following).rejects.toThrow('enough');
});

it('ends when the server shuts down', async () => {
  const live = await LiveStream.open(api, PATH);
  await api.close();
  await vi.waitFor(() => expect(live.ended).toBe(true));
});

it('answers HEAD without a stream', async () => {
  const { httpStatus, headers } = await api.call('HEAD', PATH);
  expect(httpStatus).toBe(200);
  expect(headers.get('content-type')).toContain('text/event-stream');
});

it.each(['7', 'x-1-1', '00000000-1'])('refuses %s as Last-Event-ID', async (known) => {
  const headers = { 'last-event-id': known };
  expect(await api.refused('GET', PATH, { headers })).toMatchObject({
    httpStatus: 400,
    code: 'request.invalid',
    errors: [{ at: 'Last-Event-ID' }],
  });
});

it.each([
  ['the bus does not bring everything', { busIsWhole: false }],
  ['nobody has said that it does', { busIsWhole: undefined as never }],
])('is refused where %s', async (_, options) => {
  await api.close();
  api = await startApi(options);
  expect(await api.refused('GET', PATH)).toMatchObject({
    httpStatus: 404,
    code: 'tenant.not_streamed',
  });
});
