import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SidecarHttp } from './sidecar-http.ts';

/** What the sidecar saw of each request. */
let seen: ('answered' | 'cut off')[];
let server: Server;
let http: SidecarHttp;

beforeEach(async () => {
  seen = [];
  server = createServer((_request, response) => {
    let answered = false;
    response.on('close', () => seen.push(answered ? 'answered' : 'cut off'));
    setTimeout(() => {
      answered = true;
      response.end('late');
    }, 100);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  http = new SidecarHttp((server.address() as AddressInfo).port);
});
afterEach(async () => {
  await http.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('an abort ends the wait, and the request goes on', async () => {
  const caller = new AbortController();
  const call = http.call('GET', '/', { timeoutMs: 5_000, signal: caller.signal });
  setTimeout(() => caller.abort(), 20);
  await expect(call).rejects.toMatchObject({ code: 'sidecar.unavailable' });
  await expect.poll(() => seen).toEqual(['answered']);
});

it('sends nothing for who has given up before', async () => {
  const signal = AbortSignal.abort();
  await expect(http.call('GET', '/', { timeoutMs: 5_000, signal })).rejects.toMatchObject({
    code: 'sidecar.unavailable',
  });
  expect(seen).toEqual([]);
});

it('a timeout ends the wait alone where the request may take longer', async () => {
  await expect(http.call('GET', '/', { timeoutMs: 30, cutOffMs: 5_000 })).rejects.toMatchObject({
    code: 'sidecar.unavailable',
  });
  await expect.poll(() => seen).toEqual(['answered']);
  expect(await http.call('GET', '/', { timeoutMs: 5_000, cutOffMs: 5_000 })).toEqual({
    status: 200,
    text: 'late',
  });
});
