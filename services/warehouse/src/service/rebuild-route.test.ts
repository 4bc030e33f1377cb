import express from 'express';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { rebuildRoute } from './rebuild-route.ts';
import type { RebuildProgress } from './rebuild.ts';

const PROGRESS = { resumed: false, heads: 3, events: 20, failed: 0, problem: null };

let server: Server;
let started = 0;
let phases: RebuildProgress['phase'][] = [];
beforeAll(async () => {
  const app = express();
  app.use(
    rebuildRoute({
      startRebuild: () => void started++,
      get rebuildProgress() {
        return { ...PROGRESS, phase: phases.shift() ?? 'complete' };
      },
    }),
  );
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());
beforeEach(() => {
  started = 0;
});

const post = (init: RequestInit = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/rebuilds`, {
    method: 'POST',
    ...init,
  });

it('says how far it is until it has ended', async () => {
  phases = ['emptying', 'reading', 'reading', 'building'];
  const response = await post({ headers: { 'content-type': 'application/json' }, body: '{}' });
  const lines = (await response.text()).trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as RebuildProgress).phase)).toEqual([
    'emptying',
    'reading',
    'reading',
    'building',
    'complete',
  ]);
  expect(started).toBe(1);
});

it.each([
  ['', { 'dapr-caller-app-id': 'other' }],
  [', even without its name', { traceparent: `00-${'0'.repeat(32)}-${'0'.repeat(16)}-00` }],
])('refuses what Dapr forwards from another application%s', async (_what, marks) => {
  const headers = { 'content-type': 'application/json', ...marks };
  const response = await post({ headers, body: '{}' });
  expect(response.status).toBe(403);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  expect(await response.json()).toMatchObject({ code: 'auth.forbidden' });
  expect(started).toBe(0);
});

it.each([
  {},
  { body: '{}', headers: { 'content-type': 'text/plain' } },
  { body: new URLSearchParams({ a: 'b' }) },
])('refuses what a page of another site can send: %j', async (init) => {
  const response = await post(init);
  expect(response.status).toBe(415);
  expect(await response.json()).toMatchObject({ code: 'request.unsupported_media_type' });
  expect(started).toBe(0);
});
