import { MaestroError } from '@maestro/core';
import { afterEach, expect, it } from 'vitest';
import { serveApi } from './serve-api.ts';
import { plainIdentity, startApi, type ApiHarness } from './testing/api-harness.ts';

let api: ApiHarness | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

const anonymous = { token: null };

it('lives whatever the backends do, and says what is missing', async () => {
  api = await startApi({
    ready: async () => [
      { name: 'sidecar', ok: false, message: 'it does not answer' },
      { name: 'state', ok: true },
    ],
  });
  expect((await api.call('GET', '/healthz', anonymous)).httpStatus).toBe(200);
  const readiness = await api.call('GET', '/readyz', anonymous);
  expect(readiness.httpStatus).toBe(503);
  expect(readiness.json).toMatchObject({ ready: false, checks: [{ name: 'sidecar' }, {}] });
});

it('asks to come again while tokens cannot be checked, and does not say why', async () => {
  const away = new MaestroError('auth.unavailable', 'secret: the issuer is away');
  api = await startApi({ identity: { verify: () => Promise.reject(away) } });
  const refused = await api.refused('GET', '/continuations/01J00000000000000000000000');
  expect(refused).toMatchObject({ httpStatus: 503, code: 'auth.unavailable', retryable: true });
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.text).not.toContain('secret');
});

it('is ready when everything is', async () => {
  api = await startApi();
  const readiness = await api.call('GET', '/readyz', anonymous);
  expect(readiness).toMatchObject({ httpStatus: 200, json: { ready: true } });
});

it('gives measurements only where there are some', async () => {
  api = await startApi();
  expect((await api.call('GET', '/metrics', anonymous)).httpStatus).toBe(404);
  await api.close();
  api = await startApi({ metrics: async () => 'maestro_up 1\n' });
  const metrics = await api.call('GET', '/metrics', anonymous);
  expect(metrics.text).toBe('maestro_up 1\n');
  expect(metrics.headers.get('content-type')).toContain('text/plain');
});

it('names every request, by the name that the caller gave it if it is a decent one', async () => {
  api = await startApi();
  const named = await api.call('GET', '/healthz', { headers: { 'x-request-id': 'abc-1' } });
  expect(named.headers.get('x-request-id')).toBe('abc-1');
  const wild = await api.call('GET', '/healthz', { headers: { 'x-request-id': 'a b"c' } });
  expect(wild.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(wild.headers.get('x-powered-by')).toBeNull();
});

it('explains its error codes where their type points', async () => {
  api = await startApi();
  const { json } = await api.call('PUT', '/continuations', anonymous);
  const { type } = json as { type: string };
  const { json: entry } = await api.call('GET', type, anonymous);
  expect(entry).toMatchObject({ code: 'route.method_not_allowed', status: 405 });
});

it('answers HEAD like GET, without a body', async () => {
  api = await startApi();
  const answer = await api.call('HEAD', '/healthz', anonymous);
  expect(answer).toMatchObject({ httpStatus: 200, text: '' });
  // Also where GET would not end.
  const path = `/continuations/${await api.start('wait@1')}/events/stream`;
  const stream = await api.call('HEAD', path);
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
});

it('names the variable when its port is taken', async () => {
  api = await startApi();
  const { port } = new URL(api.api.url);
  const again = serveApi({ identity: plainIdentity } as Parameters<typeof serveApi>[0], {
    host: '127.0.0.1',
    port: Number(port),
  });
  await expect(again).rejects.toMatchObject({
    code: 'config.invalid',
    message: expect.stringContaining('MAESTRO_API_PORT'),
  });
});
