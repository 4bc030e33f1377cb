import { DatabaseSync } from '@photostructure/sqlite';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  finishedLog,
  goalOf,
  startStandalone,
  until,
  type RunningStandalone,
} from './support/running-standalone.ts';

/** Continuations that requests are refused for, and tokens that they are refused with. */
interface Scene {
  readonly waiting: string;
  readonly paused: string;
  readonly finished: string;
  readonly other: string;
  readonly expired: string;
  readonly viewer: string;
}

interface Request {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  /** Sent as it is instead of a body. */
  readonly text?: string;
  /** Instead of the owner's; null for none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

const NOBODYS = '01J00000000000000000000000';
const TEN_YEARS_MS = 3653 * 24 * 3600 * 1000;
const KEY = { 'idempotency-key': 'taken' };

function start(body: unknown, more: Partial<Request> = {}): Request {
  return { path: '/continuations', body, ...more };
}

function signal(id: string, name: string, more: Partial<Request> = {}): Request {
  return { path: `/continuations/${id}/signals`, body: { signal: name }, ...more };
}

function get(route: string, more: Partial<Request> = {}): Request {
  return { method: 'GET', path: `/continuations/${route}`, ...more };
}

const REFUSALS: readonly [
  what: string,
  status: number,
  code: string,
  request: (scene: Scene) => Request,
][] = [
  ['an unknown recipe', 422, 'recipe.unknown', () => start(goalOf('nothing@1'))],
  ['an unknown version', 422, 'recipe.unknown', () => start(goalOf('noop@99'))],
  [
    'wrong parameters',
    422,
    'recipe.parameters_invalid',
    () => start(goalOf('noop@1', { sleepMs: 'long' })),
  ],
  [
    'a sleep over ten years',
    422,
    'recipe.parameters_invalid',
    () => start(goalOf('noop@1', { sleepMs: TEN_YEARS_MS + 1 })),
  ],
  ['a body cut off', 400, 'request.malformed', () => start(0, { text: '{"goal":' })],
  ['a body of another shape', 400, 'request.invalid', () => start({ goal: 'sleep' })],
  [
    'a body over 1 MiB',
    413,
    'request.too_large',
    () => start({ ...goalOf('noop@1'), more: 'x'.repeat(1024 * 1024) }),
  ],
  [
    'a body of another type',
    415,
    'request.unsupported_media_type',
    () => start(goalOf('noop@1'), { headers: { 'content-type': 'text/plain' } }),
  ],
  [
    'a key taken by another request',
    409,
    'idempotency.conflict',
    () => start(goalOf('noop@1', { sleepMs: 1 }), { headers: KEY }),
  ],
  ['no token', 401, 'auth.missing', () => start(goalOf('noop@1'), { token: null })],
  ['a wrong token', 401, 'auth.invalid', () => start(goalOf('noop@1'), { token: 'a.b.c' })],
  [
    'an expired token',
    401,
    'auth.expired',
    ({ expired }) => start(goalOf('noop@1'), { token: expired }),
  ],
  [
    'a token without the role',
    403,
    'auth.forbidden',
    ({ waiting, viewer }) => ({ path: `/continuations/${waiting}/wake`, token: viewer }),
  ],
  ['an invalid id', 400, 'id.invalid', () => get('not-an-id')],
  ['an invalid id in a signal', 400, 'id.invalid', () => signal('not-an-id', 'kill')],
  ["nobody's id", 404, 'continuation.not_found', () => get(NOBODYS)],
  ["a signal to nobody's id", 404, 'continuation.not_found', () => signal(NOBODYS, 'kill')],
  ...['', '/events', '/events/stream', '/explain'].map((route): (typeof REFUSALS)[number] => [
    `another tenant's ${route || 'continuation'}`,
    404,
    'continuation.not_found',
    ({ waiting, other }) => get(`${waiting}${route}`, { token: other }),
  ]),
  [
    "a signal to another tenant's",
    404,
    'continuation.not_found',
    ({ waiting, other }) => signal(waiting, 'kill', { token: other }),
  ],
  ['a signal that is unknown', 422, 'signal.unknown', ({ waiting }) => signal(waiting, 'stop')],
  ['a signal to a paused one', 409, 'continuation.paused', ({ paused }) => signal(paused, 'go')],
  ...['go', 'kill', 'pause', 'resume'].map((name): (typeof REFUSALS)[number] => [
    `${name} to a finished one`,
    409,
    'continuation.finished',
    ({ finished }) => signal(finished, name),
  ]),
];

describe('the API of a running stack', () => {
  let running: RunningStandalone;
  let database: InstanceType<typeof DatabaseSync>;
  let scene: Scene;
  beforeAll(async () => {
    running = await startStandalone();
    const { client, tokenFor, dataDir } = running;
    const wait = async (): Promise<string> => (await client.start(goalOf('wait@1'))).id;
    const [waiting, paused, finished] = [await wait(), await wait(), await wait()];
    await client.pause(paused);
    await client.kill(finished);
    await finishedLog(client, finished, 10_000);
    await client.start(goalOf('wait@1'), { idempotencyKey: KEY['idempotency-key'] });
    scene = {
      waiting,
      paused,
      finished,
      other: await tokenFor({ tenant: 'globex' }),
      expired: await tokenFor({ ttlSeconds: -600 }),
      viewer: await tokenFor({ roles: ['viewer'] }),
    };
    database = new DatabaseSync(path.join(dataDir, 'state.db'), {
      readOnly: true,
      timeout: 10_000,
    });
    // What was started above writes nothing more once its first tick is settled.
    let before = '';
    await until('all is quiet', async () => before === (before = rows()), 10_000);
  });
  afterAll(async () => {
    database?.close();
    await running?.close();
  });

  /** Everything that is stored, with the version of each row, but for audit logs: they tell of refusals. */
  function rows(): string {
    return JSON.stringify(
      database
        .prepare("SELECT key, value, etag FROM state WHERE key NOT LIKE '%:audit:%' ORDER BY key")
        .all(),
    );
  }

  it.each(REFUSALS)('refuses %s with %i %s and writes nothing', async (_what, status, code, of) => {
    const { method = 'POST', path: route, body, text, token = running.token, headers } = of(scene);
    const before = rows();
    const answer = await fetch(`${running.baseUrl}${route}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(method === 'POST' ? { body: text ?? JSON.stringify(body) } : {}),
    });
    expect(await answer.json()).toMatchObject({ status, code, type: `/errors/${code}` });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(rows()).toBe(before);
  });

  it('has stored what it accepted', () => {
    expect(rows()).toContain(`e2e:${scene.waiting}:head`);
    expect(rows()).not.toContain('globex');
  });
});
