import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MaestroError } from '@maestro/core';
import type { LocalHosts } from '../host/local-continuations.ts';
import { actorCallbacks } from './actor-callbacks.ts';
import type { ActorCall } from './call-guard.ts';

const ID = 'acme.01K2M3N4P5Q6R7S8T9V0W1X2Y3';

let port: number;
let close: () => void;
let done: string[];
let guarded: ActorCall[];
let refusal: MaestroError | undefined;

beforeEach(async () => {
  done = [];
  guarded = [];
  refusal = undefined;
  const record = (what: string) => async (id: string) => {
    done.push(`${what} ${id}`);
    return { ok: true, reply: null };
  };
  const hosted = (what: string) => ({
    callbackArrived: () => undefined,
    invoke: record(`${what}.invoke`),
    remind: record(`${what}.remind`),
    deactivate: record(`${what}.deactivate`),
  });
  const hosts = { host: hosted('host'), topics: hosted('topics') } as unknown as LocalHosts;
  const guard = async (call: ActorCall): Promise<unknown> => {
    guarded.push(call);
    if (refusal) throw refusal;
    return {};
  };
  const server = createServer(
    actorCallbacks(hosts, guard, (_request, response) => {
      response.writeHead(418).end();
    }),
  );
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  ({ port } = server.address() as AddressInfo);
  close = () => server.close();
});
afterEach(() => close());

/** Sends a path as it is, which `fetch` would tidy. */
function send(method: string, path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request({ port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end('{"kind":"look"}');
  });
}

it('hands a call to the guard with what it proves, then to its actor', async () => {
  await send('PUT', `/actors/Continuation/${ID}/method/command`, {
    authorization: 'Bearer abc',
    'maestro-signature': '1.ff',
  });
  expect(guarded).toEqual([
    {
      actorType: 'Continuation',
      actorId: ID,
      text: '{"kind":"look"}',
      authorization: 'Bearer abc',
      signature: '1.ff',
    },
  ]);
  expect(done).toEqual([`host.invoke ${ID}`]);
});

it('answers a refusal in the envelope, and reaches no actor', async () => {
  refusal = new MaestroError('auth.forbidden', 'no');
  const { status, text } = await send('PUT', `/actors/Continuation/${ID}/method/command`);
  expect(status).toBe(200);
  expect(JSON.parse(text)).toEqual({
    ok: false,
    error: { code: 'auth.forbidden', message: 'no', retryable: false },
  });
  expect(done).toEqual([]);
});

it('takes an id as it stands: one with escapes is not the actor that it would be without', async () => {
  const escaped = ID.replace('.', '%2E');
  await send('PUT', `/actors/Continuation/${escaped}/method/command`);
  await send('DELETE', `/actors/Continuation/${escaped}`);
  expect(done).toEqual([`host.invoke ${escaped}`, `host.deactivate ${escaped}`]);
});

it.each(['dapr-api-call', 'dapr-caller-app-id', 'x-dapr-remote'])(
  'takes no reminder that a caller has made: %s',
  async (header) => {
    const path = `/actors/Continuation/${ID}/method/remind/wake`;
    expect((await send('PUT', path, { [header]: 'x' })).status).toBe(403);
    expect(done).toEqual([]);
    expect((await send('PUT', path)).status).toBe(200);
    expect(done).toEqual([`host.remind ${ID}`]);
  },
);

it.each([
  ['PUT', `/actors/Other/${ID}/method/command`],
  ['PUT', `/actors/continuation/${ID}/method/command`],
  ['PUT', `/actors/Continuation/${ID}/method/healthz`],
  ['PUT', `/actors/Continuation/${ID}/method/timer/x`],
  ['POST', `/actors/Continuation/${ID}/method/command`],
  ['PUT', `/actors/Continuation/${ID}`],
])('knows nothing of %s %s', async (method, path) => {
  expect((await send(method, path)).status).toBe(404);
  expect(done).toEqual([]);
});
