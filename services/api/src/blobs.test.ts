import { canonicalJson, MaestroError, sha256Hex } from '@maestro/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startApi, type ApiHarness } from './testing/api-harness.ts';
import { largeWriter, report } from './testing/large-writer.ts';

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi({ more: [largeWriter] });
});
afterEach(() => api.close());

it('tells when a blob is not what was stored', async () => {
  await api.close();
  api = await startApi({
    blobs: {
      put: async () => undefined,
      remove: async () => undefined,
      get: () => Promise.reject(new MaestroError('blob.corrupt', 'it has another content')),
    },
  });
  const path = `/blobs/${sha256Hex('x')}`;
  expect(await api.refused('GET', path)).toMatchObject({ httpStatus: 500, code: 'blob.corrupt' });
});

it('a large result is a reference in the log and a blob beside it', async () => {
  const id = await api.start('large-writer@1');
  const text = canonicalJson(report);
  const reference = { $blob: { sha256: sha256Hex(text), bytes: text.length } };
  const shown = await api.call('GET', `/continuations/${id}`);
  expect(shown.json).toMatchObject({ status: 'completed', result: { value: reference } });
  const events = await api.call('GET', `/continuations/${id}/events`);
  expect(events.text.length).toBeLessThan(10_000);
  const blob = await api.call('GET', `/blobs/${reference.$blob.sha256}`);
  expect(blob.json).toEqual(report);
  expect(blob.headers.get('cache-control')).toBe('private, no-cache');
});

it('refuses an unknown hash, what is no hash, and the blob of another tenant', async () => {
  await api.start('large-writer@1');
  const sha256 = sha256Hex(canonicalJson(report));
  expect(await api.refused('GET', `/blobs/${sha256Hex('other')}`)).toMatchObject({
    httpStatus: 404,
    code: 'blob.not_found',
  });
  expect(await api.refused('GET', '/blobs/..%2Fsecret')).toMatchObject({ code: 'blob.not_found' });
  expect(await api.refused('GET', `/blobs/${sha256}`, { token: 'globex:bob' })).toMatchObject({
    code: 'blob.not_found',
  });
});

it('takes a blob from an operator, for the tenant of the token, under its own hash alone', async () => {
  const text = canonicalJson(report);
  const path = `/blobs/${sha256Hex(text)}`;
  const operator = { token: 'globex:oscar:operator' };
  expect(await api.refused('PUT', path, { body: report })).toMatchObject({
    code: 'auth.forbidden',
  });
  const other = { text: 'short' };
  expect(await api.refused('PUT', path, { ...operator, body: other })).toMatchObject({
    code: 'request.unprocessable',
  });
  const large = { text: 'x'.repeat(2 * 1024 * 1024) };
  expect(await api.refused('PUT', path, { ...operator, body: large })).toMatchObject({
    code: 'request.too_large',
  });
  for (const white of ['', ' ']) {
    const answer = await api.call('PUT', path, { ...operator, text: `${white}${text}` });
    expect(answer.json).toEqual({ sha256: sha256Hex(text), bytes: text.length });
  }
  expect((await api.call('GET', path, operator)).json).toEqual(report);
  expect(await api.refused('GET', path)).toMatchObject({ code: 'blob.not_found' });
  const wrong = await api.refused('POST', path, { body: report });
  expect(wrong.headers.get('allow')).toBe('GET, HEAD, PUT');
});

it('takes a blob of more than a mebibyte', async () => {
  const body = { text: 'x'.repeat(1_500_000) };
  const path = `/blobs/${sha256Hex(canonicalJson(body))}`;
  const answer = await api.call('PUT', path, { token: 'acme:oscar:operator', body });
  expect(answer.httpStatus).toBe(200);
});
