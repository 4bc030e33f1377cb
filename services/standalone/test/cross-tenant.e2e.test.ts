import { DatabaseSync } from '@photostructure/sqlite';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { APP_TOKEN, send, startGuarded, type GuardedStack } from './support/guarded-stack.ts';
import { until } from './support/running-standalone.ts';

let guarded: GuardedStack;
let database: InstanceType<typeof DatabaseSync>;
/** A continuation of the tenant `zoo` that waits, and one of `acme`. */
let zoo: string;
let acme: string;
/** Tokens of `acme`, which may all but administer. */
let token: string;
let before: string;

/** Everything that is stored, with the version of each row. */
function rows(): string {
  return JSON.stringify(database.prepare('SELECT key, value, etag FROM state ORDER BY key').all());
}

beforeAll(async () => {
  guarded = await startGuarded();
  const goal = { objective: 'secret of the zoo', recipe: 'wait@1' };
  zoo = (await (await guarded.clientOf('zoo')).start({ goal })).id;
  acme = (await (await guarded.clientOf('acme')).start({ goal })).id;
  token = await guarded.tokenFor({ tenant: 'acme', roles: ['admin', 'operator', 'service'] });
  // Writes its trial of the store once.
  await send(guarded.workerPort, 'GET', '/readyz');
  const file = path.join(guarded.dataDir, 'state.db');
  database = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
  before = '';
  await until('all is quiet', async () => before === (before = rows()), 10_000);
});
afterAll(async () => {
  database?.close();
  await guarded?.close();
});
afterEach(() => {
  expect(rows()).toBe(before);
});

const goal = { objective: 'x', recipe: 'wait@1' };
const COMMANDS = [
  { kind: 'spawn', goal },
  { kind: 'look' },
  { kind: 'wake' },
  { kind: 'signal', signal: 'go', requestId: 'r1' },
  { kind: 'signal', signal: 'kill', requestId: 'r2' },
  { kind: 'finish-step', stepId: 's', attempt: 1, result: { kind: 'interrupted' } },
  { kind: 'publish', items: [{ id: 'i', item: {} }] },
];

/** An actor call by the other application's sidecar. */
function call(
  route: string,
  body: unknown,
  headers: Record<string, string> = { authorization: `Bearer ${token}` },
) {
  return send(guarded.foreign.httpPort, 'PUT', `/v1.0/actors/${route}`, { headers, body });
}

/** The refusal of an answer: the envelope's code, or the status where it is none. */
function refusalOf({ status, text }: { status: number; text: string }): string {
  if (status !== 200) return String(status);
  const envelope = JSON.parse(text) as { ok: boolean; error?: { code: string } };
  return envelope.error?.code ?? text;
}

describe('an actor of another tenant, with a good token', () => {
  it.each<[string, (id: string) => string, string]>([
    ['as it is', (id) => `zoo.${id}`, 'auth.forbidden'],
    ['with an escaped dot', (id) => `zoo%2E${id}`, 'auth.forbidden'],
    ['with a dot that is escaped twice', (id) => `zoo%252E${id}`, 'id.invalid'],
    ['with a letter that is escaped twice', (id) => `%257Aoo.${id}`, 'id.invalid'],
    ['in capitals', (id) => `ZOO.${id}`, 'id.invalid'],
    ['in lower case', (id) => `zoo.${id.toLowerCase()}`, 'id.invalid'],
    ['as its row is called', (id) => `zoo:${id}`, 'id.invalid'],
    ['by the separator of Dapr', (id) => `zoo%7C%7C${id}`, 'id.invalid'],
    ['behind the own tenant', (id) => `acme.zoo.${id}`, 'id.invalid'],
    ['behind the own tenant and a colon', (id) => `acme:zoo.${id}`, 'id.invalid'],
    ['behind a way back', (id) => `acme.x/../zoo.${id}`, 'auth.forbidden'],
    ['behind an escaped way back', (id) => `acme%2F..%2Fzoo.${id}`, '400'],
    ['behind one that is escaped twice', (id) => `acme%252F..%252Fzoo.${id}`, 'id.invalid'],
    ['behind the own actor and its method', (id) => `acme.x%2Fmethod%2F..%2Fzoo.${id}`, '400'],
    ['with a blank', (id) => `zoo.${id}%20`, 'id.invalid'],
    ['with a line break', (id) => `zoo.${id}%0A`, '400'],
    ['with a null', (id) => `zoo.${id}%00`, '400'],
    ['with a parameter', (id) => `zoo.${id};v=1`, 'id.invalid'],
    ['with a query', (id) => `zoo.${id}%3Fx`, '400'],
    [
      'in digits of full width',
      (id) => `zoo.${encodeURIComponent(`${id.slice(0, 25)}\uFF10`)}`,
      'id.invalid',
    ],
  ])('%s', async (_what, actorId, refusal) => {
    for (const command of COMMANDS) {
      const answer = await call(`Continuation/${actorId(zoo)}/method/command`, command);
      expect({ command, refusal: refusalOf(answer) }).toEqual({ command, refusal });
      expect(answer.text).not.toContain('secret');
    }
  });
});

describe('without a good token', () => {
  it.each<[string, () => Record<string, string>, string]>([
    ['nothing', () => ({}), 'auth.missing'],
    ['the id of a worker', () => ({ 'dapr-caller-app-id': guarded.workerId }), 'auth.missing'],
    ['a token of the sidecar', () => ({ 'dapr-api-token': APP_TOKEN }), 'auth.missing'],
    [
      'a signature of its own',
      () => ({ 'maestro-signature': `${Date.now()}.${'0'.repeat(64)}` }),
      'auth.invalid',
    ],
    ['a token that is none', () => ({ authorization: 'Bearer x' }), 'auth.invalid'],
    ['a token that was changed', () => ({ authorization: `Bearer ${token}x` }), 'auth.invalid'],
    ['another scheme', () => ({ authorization: `Basic ${token}` }), 'auth.invalid'],
    [
      'a token that is taken away on the way',
      () => ({ authorization: `Bearer ${token}`, connection: 'authorization' }),
      'auth.missing',
    ],
  ])('%s opens nothing', async (_what, headers, refusal) => {
    for (const command of COMMANDS) {
      const answer = await call(`Continuation/acme.${acme}/method/command`, command, headers());
      expect({ command, refusal: refusalOf(answer) }).toEqual({ command, refusal });
    }
  });
});

describe('what is not for other services', () => {
  it.each(['finish-step', 'heartbeat', 'fork', 'join', 'hand-over', 'item'])('%s', async (kind) => {
    const answer = await call(`Continuation/acme.${acme}/method/command`, { kind });
    expect(refusalOf(answer)).toBe('auth.forbidden');
  });

  it.each(['acme', 'zoo'])('topics of %s', async (tenant) => {
    for (const command of COMMANDS) {
      const answer = await call(`WakeTopic/${tenant}.stream.0.cGFwZXJz/method/command`, command);
      expect(refusalOf(answer)).toBe('auth.forbidden');
    }
  });

  const gone = 'close, dapr-caller-app-id, dapr-caller-namespace, dapr-api-call, x-dapr-remote';
  it.each([
    'remind%2Fwake',
    'command%2F..%2Fremind%2Fwake',
    'timer%2Fx',
    '..%2F..%2F..%2Freadyz',
    'command%2F..',
  ])('the method %s, even with the marks of a call taken away', async (method) => {
    for (const headers of [{}, { connection: gone }]) {
      const route = `Continuation/zoo.${zoo}/method/${method}`;
      const { status } = await call(route, { data: {} }, headers);
      // A made-up reminder gets through without its marks: it finds nothing due.
      if (!(method.endsWith('wake') && 'connection' in headers)) expect(status).not.toBe(200);
    }
  });

  it.each([
    ['PUT', 'reminders/wake', { dueTime: '0s' }],
    ['DELETE', 'reminders/wake', undefined],
    ['GET', 'reminders/wake', undefined],
    ['PUT', 'timers/t', { dueTime: '0s', callback: 'command' }],
    ['POST', 'state', [{ operation: 'upsert', request: { key: 'x', value: 1 } }]],
    ['GET', 'state/x', undefined],
  ])('%s of %s', async (method, what, body) => {
    for (const { httpPort } of [guarded.foreign, guarded.nosy]) {
      const route = `/v1.0/actors/Continuation/zoo.${zoo}/${what}`;
      const { status } = await send(httpPort, method, route, { body });
      expect([0, 400, 403, 500]).toContain(status);
    }
  });

  it('the state store, which is for Maestro alone', async () => {
    const key = encodeURIComponent(`zoo:${zoo}:head`);
    for (const { httpPort } of [guarded.foreign, guarded.nosy]) {
      const base = '/v1.0/state/maestro-state';
      for (const answer of [
        await send(httpPort, 'GET', `${base}/${key}?metadata.partitionKey=zoo:${zoo}`),
        await send(httpPort, 'DELETE', `${base}/${key}`),
        await send(httpPort, 'POST', base, { body: [{ key: `zoo:${zoo}:head`, value: 'x' }] }),
        await send(httpPort, 'POST', `${base}/transaction`, {
          body: { operations: [{ operation: 'delete', request: { key: `zoo:${zoo}:head` } }] },
        }),
      ]) {
        expect(answer.status).toBe(500);
        expect(answer.text).toContain('ERR_STATE_STORE_NOT_CONFIGURED');
      }
    }
  });

  it.each([
    ['PUT', 'command', { kind: 'look' }],
    ['PUT', 'remind/wake', {}],
    ['DELETE', '', undefined],
  ])('service invocation: %s %s', async (method, what, body) => {
    const actor = `actors/Continuation/zoo.${zoo}${what === '' ? '' : `/method/${what}`}`;
    for (const headers of [{}, { connection: gone }]) {
      const route = `/v1.0/invoke/${guarded.workerId}/method/${actor}`;
      const { status, text } = await send(guarded.foreign.httpPort, method, route, {
        headers,
        body,
      });
      expect({ status, denied: text.includes('access control policy') }).toEqual({
        status: 403,
        denied: true,
      });
    }
  });
});

describe('the app port', () => {
  it.each([
    ['no token', {}],
    ['another one', { 'dapr-api-token': 'x' }],
    ['an empty one', { 'dapr-api-token': '' }],
  ])('gives nothing to %s', async (_what, headers) => {
    const actor = `/actors/Continuation/zoo.${zoo}`;
    for (const [method, route] of [
      ['PUT', `${actor}/method/command`],
      ['PUT', `${actor}/method/remind/wake`],
      ['DELETE', actor],
      ['GET', '/dapr/config'],
      ['POST', '/topics/maestro-streams'],
    ] as const) {
      const body = method === 'PUT' ? { kind: 'look' } : undefined;
      const given = { authorization: `Bearer ${token}`, ...headers } as Record<string, string>;
      const { status } = await send(guarded.workerPort, method, route, { headers: given, body });
      expect({ route, status }).toEqual({ route, status: 401 });
    }
  });

  it('has its probes open, and the sidecar sees the worker well', async () => {
    for (const route of ['/healthz', '/livez', '/readyz', '/metrics']) {
      expect((await send(guarded.workerPort, 'GET', route)).status).toBe(200);
    }
    const { httpPort } = guarded.stack.app('worker').sidecar;
    expect((await send(httpPort, 'GET', '/v1.0/healthz')).status).toBe(204);
  });

  it('does not take the place of a token: with the app token alone no command is taken', async () => {
    const { status, text } = await send(
      guarded.workerPort,
      'PUT',
      `/actors/Continuation/zoo.${zoo}/method/command`,
      { headers: { 'dapr-api-token': APP_TOKEN }, body: { kind: 'look' } },
    );
    expect(refusalOf({ status, text })).toBe('auth.missing');
  });
});
