import express from 'express';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { replayRoute } from './replay-route.ts';

const refs = ['0', '1', '2'].map((last) => ({
  tenant: 'acme',
  id: `01J0000000000000000000000${last}`,
}));

let server: Server;
beforeAll(async () => {
  const app = express();
  app.use(
    replayRoute({
      replay: async ({ id }) => (id === refs[0]?.id ? { outcome: 'same', sequence: 7 } : undefined),
      async *replayAll(tenant) {
        for (const ref of refs) {
          if (tenant === 'torn' && ref === refs[2]) throw new Error('the store is away');
          yield { ref, outcome: 'behind', sequence: 3, missing: 2 };
        }
      },
    }),
  );
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

const get = (query: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/replays?${query}`, { headers });

it('answers a line for each continuation', async () => {
  const lines = (await (await get('tenant=acme')).text()).trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { ref: unknown }).ref)).toEqual(refs);
});

it('answers for one, or nothing when there is none', async () => {
  const one = await (await get(`tenant=acme&continuation=${refs[0]?.id}`)).json();
  expect(one).toEqual({ ref: refs[0], outcome: 'same', sequence: 7 });
  expect(await (await get(`tenant=acme&continuation=${refs[1]?.id}`)).text()).toBe('');
});

it('answers the API for one, and says so when there is none', async () => {
  const { port } = server.address() as AddressInfo;
  // As it comes by Dapr's service invocation.
  const headers = { 'dapr-caller-app-id': 'maestro-api' };
  const ask = (body: unknown): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/replay`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
  expect(await (await ask(refs[0])).json()).toEqual({ replay: { outcome: 'same', sequence: 7 } });
  expect(await (await ask(refs[1])).json()).toEqual({ replay: null });
  expect((await ask({ tenant: 'acme' })).status).toBe(400);
});

it('refuses what Dapr forwards from another application', async () => {
  const response = await get('tenant=acme', { 'dapr-caller-app-id': 'other' });
  expect(response.status).toBe(403);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(await response.json()).toMatchObject({ code: 'auth.forbidden' });
});

it.each(['tenant=No', 'continuation=x', `continuation=${refs[0]?.id}`, 'all=1'])(
  'refuses %s',
  async (query) => {
    const response = await get(query);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'request.invalid' });
  },
);

it('breaks off when it cannot go on: nobody takes a part for the whole', async () => {
  await expect(get('tenant=torn').then((response) => response.text())).rejects.toThrow();
});
