import { MaestroClient } from '@maestro/client';
import { sha256Hex } from '@maestro/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ReadModel } from './read-model/read-model.ts';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

let builtAtMs = 1_767_225_600_000;
const readModel = { list: async () => ({ builtAtMs, lives: [] }) } as unknown as ReadModel;

let api: ApiHarness;
let id: string;
beforeAll(async () => {
  api = await startApi({ readModel, metrics: async () => 'maestro_up 1\n' });
  id = await api.start('wait@1');
});
afterAll(() => api.close());

const knows = (tags: string) => ({ headers: { 'if-none-match': tags } });

async function tagOf(path: string): Promise<string> {
  const { httpStatus, headers } = await api.call('GET', path);
  expect(httpStatus).toBe(200);
  return headers.get('etag') ?? '';
}

it('what has not changed is not sent again', async () => {
  for (const path of [
    `/continuations/${id}`,
    `/continuations/${id}/events`,
    '/tenant',
    '/freeze',
  ]) {
    const etag = await tagOf(path);
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    const again = await api.call('GET', path, knows(etag));
    expect(again).toMatchObject({ httpStatus: 304, text: '' });
    expect(again.headers.get('etag')).toBe(etag);
    expect(again.headers.get('cache-control')).toBe('private, no-cache');
    expect(again.headers.get('content-type')).toBeNull();
    expect(again.headers.get('x-request-id')).not.toBeNull();
  }
});

it('the client asks by the tag that it has', async () => {
  const client = new MaestroClient({ baseUrl: api.api.url, token: 'acme:alice' });
  const own = await api.start('wait@1');
  const first = await client.getIfChanged(own, undefined);
  expect(first?.value).toEqual(await client.get(own));
  expect(await client.getIfChanged(own, first?.etag)).toBeUndefined();
  await client.pause(own);
  const second = await client.getIfChanged(own, first?.etag);
  expect(second?.value).toMatchObject({ id: own, status: 'paused' });
  expect(second?.etag).not.toBe(first?.etag);
});

it('what has changed is sent, under another tag', async () => {
  const paths = [`/continuations/${id}`, `/continuations/${id}/events`];
  const before = await Promise.all(paths.map(tagOf));
  await api.call('POST', `/continuations/${id}/signals`, { body: { signal: 'pause' } });
  for (const [index, path] of paths.entries()) {
    const { httpStatus, headers } = await api.call('GET', path, knows(before[index]!));
    expect(httpStatus).toBe(200);
    expect(headers.get('etag')).not.toBe(before[index]);
  }
});

it('If-None-Match is read as RFC 9110 has it', async () => {
  const path = '/tenant';
  const etag = await tagOf(path);
  for (const known of ['*', `W/${etag}`, `"other", ${etag}`, `"a,b" , W/"c",${etag}`]) {
    expect(await api.call('GET', path, knows(known)), known).toMatchObject({ httpStatus: 304 });
  }
  for (const other of [
    '"other"',
    etag.slice(1, -1),
    etag.slice(1),
    '',
    '"*"',
    `"x${etag}`,
    '\u00e9',
  ]) {
    expect(await api.call('GET', path, knows(other)), other).toMatchObject({ httpStatus: 200 });
  }
});

it('HEAD has the same headers, and knows what the caller has', async () => {
  const path = `/continuations/${id}/events`;
  const [get, head] = [await api.call('GET', path), await api.call('HEAD', path)];
  expect(head).toMatchObject({ httpStatus: 200, text: '' });
  for (const name of ['etag', 'cache-control', 'content-length', 'content-type']) {
    expect(head.headers.get(name), name).toBe(get.headers.get(name));
  }
  const known = knows(head.headers.get('etag')!);
  expect(await api.call('HEAD', path, known)).toMatchObject({ httpStatus: 304 });
});

it('a blob is named by its hash, and never changes', async () => {
  const sha256 = sha256Hex('{"a":1}');
  await api.runtime.blobs.put('acme', sha256, '{"a":1}');
  const { headers } = await api.call('GET', `/blobs/${sha256}`);
  expect(headers.get('etag')).toBe(`"${sha256}"`);
  expect(headers.get('cache-control')).toBe('private, no-cache');
  const again = await api.call('GET', `/blobs/${sha256}`, knows(`"${sha256}"`));
  expect(again).toMatchObject({ httpStatus: 304, text: '' });
});

it('what is not there, or not for the caller, is refused whatever the caller has', async () => {
  const missing = `/continuations/01J00000000000000000000000`;
  expect(await api.refused('GET', missing, knows('*'))).toMatchObject({ httpStatus: 404 });
  const answer = await api.refused('GET', '/tenant', { ...knows('*'), token: null });
  expect(answer).toMatchObject({ httpStatus: 401 });
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

it('a list is the same while what it lists is, however late it is', async () => {
  const etag = await tagOf('/continuations');
  expect(etag).toMatch(/^W\/"/);
  builtAtMs += 1000;
  expect(await api.call('GET', '/continuations', knows(etag))).toMatchObject({ httpStatus: 304 });
});

it('public pages may be kept and asked for again; what is of the moment may not', async () => {
  const { headers } = await api.call('GET', '/openapi.json', { token: null });
  expect(headers.get('cache-control')).toBe('no-cache');
  expect(headers.get('etag')).not.toBeNull();
  for (const path of ['/healthz', '/readyz', '/metrics', '/status']) {
    const now = await api.call('GET', path, { token: null, ...knows('*') });
    expect(now.httpStatus, path).toBe(200);
    expect(now.headers.get('cache-control')).toBe('no-store');
    expect(now.headers.get('etag')).toBeNull();
  }
});
