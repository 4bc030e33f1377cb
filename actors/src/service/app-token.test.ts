import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { requireAppToken } from './app-token.ts';

let close: (() => void) | undefined;
afterEach(() => close?.());

/** Serves behind the token, and counts what got through. */
async function serve(token: string | undefined) {
  let reached = 0;
  const listener: RequestListener = (_request, response) => {
    reached++;
    response.end('reached');
  };
  const server = createServer(requireAppToken(token, listener));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  close = () => server.close();
  const { port } = server.address() as AddressInfo;
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, init).then(async (response) => ({
      status: response.status,
      text: await response.text(),
    }));
  return { ask, reached: () => reached };
}

it.each([
  ['none', {}, 'auth.missing'],
  ['an empty one', { 'dapr-api-token': '' }, 'auth.invalid'],
  ['another one', { 'dapr-api-token': 'sesame2' }, 'auth.invalid'],
  ['a part of it', { 'dapr-api-token': 'sesam' }, 'auth.invalid'],
  ['it twice', { 'dapr-api-token': 'sesame, sesame' }, 'auth.invalid'],
  ['it elsewhere', { authorization: 'Bearer sesame' }, 'auth.missing'],
])('lets nothing through with %s', async (_what, headers, code) => {
  const { ask, reached } = await serve('sesame');
  for (const [method, path] of [
    ['PUT', '/actors/Continuation/acme.X/method/command'],
    ['DELETE', '/actors/Continuation/acme.X'],
    ['GET', '/dapr/config'],
    ['POST', '/topics/maestro-events'],
    ['POST', '/healthz'],
    ['GET', '/HEALTHZ'],
    ['GET', '/healthz/../dapr/config'],
    ['GET', '//metrics'],
  ] as const) {
    const { status, text } = await ask(path, {
      method,
      headers: headers as Record<string, string>,
    });
    expect({ path, status, code: JSON.parse(text).code }).toEqual({ path, status: 401, code });
  }
  expect(reached()).toBe(0);
});

it('lets the sidecar through, and probes and Prometheus without', async () => {
  const { ask } = await serve('sesame');
  const told = { headers: { 'dapr-api-token': 'sesame' } };
  expect(await ask('/dapr/config', told)).toEqual({ status: 200, text: 'reached' });
  for (const path of ['/healthz', '/livez', '/readyz', '/metrics', '/metrics?x=1']) {
    expect(await ask(path)).toEqual({ status: 200, text: 'reached' });
  }
});

it('lets everything through where there is no token, as Dapr does', async () => {
  const { ask } = await serve(undefined);
  expect(await ask('/dapr/config')).toEqual({ status: 200, text: 'reached' });
});
