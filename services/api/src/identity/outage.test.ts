import { FakeClock } from '@maestro/actors/testing';
import type { ServerResponse } from 'node:http';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { providerConfigOf } from '../testing/provider-config-of.ts';
import { TestIssuer, type IssuerRequest } from '../testing/test-issuer.ts';
import { openIdentity, type OpenIdentity } from './open-identity.ts';

const MINUTE_MS = 60_000;

let clock: FakeClock;
let issuer: TestIssuer;
let other: TestIssuer;
let lines: string[];
beforeEach(async () => {
  clock = new FakeClock(Date.now());
  lines = [];
  [issuer, other] = [new TestIssuer(), new TestIssuer()];
  for (const one of [issuer, other]) {
    one.nowMs = () => clock.nowMs();
    one.claims = { sub: 'alice', tenant: 'acme', aud: 'api', scope: 'x', exp: 99_999_999_999 };
    await one.addKey('first', 'ES256');
    await one.start();
  }
});
afterEach(async () => {
  await issuer.stop();
  await other.stop();
});

/** An API's identity: keys are fresh for 10 minutes and good for an hour more. */
function open(variables: Readonly<Record<string, string>> = {}): Promise<OpenIdentity> {
  return openIdentity({
    identity: providerConfigOf({
      PROVIDER: 'oidc',
      ISSUER: issuer.issuer,
      AUDIENCE: 'api',
      TIMEOUT_MS: '300',
      ...variables,
    }),
    devKeyFile: '',
    environment: 'production',
    clock,
    log: pino({}, { write: (line: string) => lines.push(line) }),
  });
}

const isReady = async ({ ready }: OpenIdentity): Promise<boolean> =>
  (await ready()).every(({ ok }) => ok);

/** What comes of a token: the subject, or the code of the refusal. */
async function tried({ identity }: OpenIdentity, token: string): Promise<string> {
  return identity.verify(token).then(
    ({ subject }) => subject,
    (error: { readonly code: string }) => error.code,
  );
}

it('a token is good for as long as clocks may differ beyond its end, remembered or not', async () => {
  const opened = await open();
  const exp = Math.floor(clock.nowMs() / 1000) + 30;
  const [known, unknown] = [
    await issuer.token({ claims: { exp } }),
    await issuer.token({ claims: { exp, jti: '2' } }),
  ];
  expect(await tried(opened, known)).toBe('alice');
  clock.advance(88_000);
  expect(await tried(opened, known)).toBe('alice');
  clock.advance(2_000);
  expect(await tried(opened, known)).toBe('auth.expired');
  expect(await tried(opened, unknown)).toBe('auth.expired');
});

describe('keys', () => {
  it('are fetched once, however many come at once', async () => {
    const opened = await open();
    const tokens = await Promise.all(
      Array.from({ length: 50 }, (_, index) => issuer.token({ claims: { jti: `${index}` } })),
    );
    const subjects = await Promise.all(tokens.map((token) => tried(opened, token)));
    expect(new Set(subjects)).toEqual(new Set(['alice']));
    expect(issuer.asked).toEqual({ discovery: 1, keys: 1 });
  });

  it('that are new are found when a token names one, after the cool-down', async () => {
    const opened = await open();
    await tried(opened, await issuer.token());
    await issuer.addKey('second', 'ES256');
    const token = await issuer.token();
    clock.advance(29_000);
    expect(await tried(opened, token)).toBe('auth.invalid');
    clock.advance(1_000);
    expect(await tried(opened, token)).toBe('alice');
    expect(await tried(opened, await issuer.token({ kid: 'first' }))).toBe('alice');
    expect(issuer.asked.keys).toBe(2);
  });

  it('that nobody has are asked for once in a cool-down', async () => {
    const opened = await open();
    await tried(opened, await issuer.token());
    clock.advance(30_000);
    const tokens = await Promise.all(
      Array.from({ length: 100 }, (_, index) => issuer.token({ header: { kid: `k${index}` } })),
    );
    const codes = await Promise.all(tokens.map((token) => tried(opened, token)));
    expect(new Set(codes)).toEqual(new Set(['auth.invalid']));
    expect(issuer.asked).toEqual({ discovery: 2, keys: 2 });
  });

  it('that were rotated away are good for ten minutes at most, also for tokens that are known', async () => {
    const opened = await open();
    const [known, unknown] = [await issuer.token(), await issuer.token({ claims: { jti: '2' } })];
    expect(await tried(opened, known)).toBe('alice');
    await issuer.addKey('second', 'ES256');
    issuer.removeKey('first');
    clock.advance(10 * MINUTE_MS - 1);
    expect(await tried(opened, known)).toBe('alice');
    clock.advance(1);
    expect(await tried(opened, unknown)).toBe('auth.invalid');
    expect(await tried(opened, known)).toBe('auth.invalid');
    expect(await tried(opened, await issuer.token())).toBe('alice');
  });

  it('are all old when the clock was put back', async () => {
    const opened = await open();
    await tried(opened, await issuer.token());
    clock.advance(-60 * MINUTE_MS);
    expect(await tried(opened, await issuer.token())).toBe('alice');
    expect(issuer.asked.keys).toBe(2);
  });
});

describe('a provider that is away', () => {
  it('at the start keeps nobody from starting, and is asked again until it answers', async () => {
    await issuer.stop();
    const opened = await open();
    expect(await isReady(opened)).toBe(false);
    const token = await issuer.token();
    expect(await tried(opened, token)).toBe('auth.unavailable');
    expect(await opened.ready()).toEqual([
      { name: 'identity', ok: false, message: 'the identity provider gives no keys' },
    ]);
    await issuer.start();
    clock.advance(1_000);
    expect(await tried(opened, token)).toBe('alice');
    expect(await isReady(opened)).toBe(true);
    expect(lines.join('')).toContain(issuer.issuer);
    expect(lines.join('')).not.toContain(token);
  });

  it('later is done without for the grace period, and not beyond', async () => {
    const opened = await open();
    expect(await tried(opened, await issuer.token())).toBe('alice');
    await issuer.stop();
    clock.advance(70 * MINUTE_MS - 1);
    const known = await issuer.token();
    expect(await tried(opened, known)).toBe('alice');
    expect(await isReady(opened)).toBe(true);
    clock.advance(1);
    const token = await issuer.token({ claims: { jti: '2' } });
    expect(await tried(opened, token)).toBe('auth.unavailable');
    expect(await isReady(opened)).toBe(false);
    // Tokens that are remembered are so for ten minutes.
    expect(await tried(opened, known)).toBe('alice');
    clock.advance(10 * MINUTE_MS);
    expect(await tried(opened, known)).toBe('auth.unavailable');
    await issuer.start();
    clock.advance(30_000);
    expect(await tried(opened, token)).toBe('alice');
  });

  it('keeps no probe waiting as long as there are keys', async () => {
    const opened = await open();
    await tried(opened, await issuer.token());
    issuer.fault = () => undefined;
    clock.advance(11 * MINUTE_MS);
    const askedAtMs = performance.now();
    expect(await isReady(opened)).toBe(true);
    expect(performance.now() - askedAtMs).toBeLessThan(1_000);
  });

  it('may have the key that a token names, so that one is asked to come again', async () => {
    const opened = await open();
    await tried(opened, await issuer.token());
    await issuer.addKey('second', 'ES256');
    const token = await issuer.token();
    await issuer.stop();
    clock.advance(30_000);
    expect(await tried(opened, token)).toBe('auth.unavailable');
    expect(await tried(opened, await issuer.token({ kid: 'first' }))).toBe('alice');
  });

  it('takes the API from its own users alone', async () => {
    const tenants = { [issuer.issuer]: 'acme', [other.issuer]: 'globex' };
    await other.stop();
    const opened = await open({
      ISSUER: `${issuer.issuer},${other.issuer}`,
      ISSUER_TENANTS: JSON.stringify(tenants),
    });
    expect(await isReady(opened)).toBe(true);
    expect(await tried(opened, await issuer.token())).toBe('alice');
    expect(await tried(opened, await other.token())).toBe('auth.unavailable');
  });
});

type Answer = (response: ServerResponse) => void;
const json =
  (value: unknown): Answer =>
  (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end('{}');
/** More than is read, and never an end. */
const endless: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const chunk = ' '.repeat(64 * 1024);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
};

const FAULTS: readonly (readonly [string, IssuerRequest, () => Answer])[] = [
  ['is too large', 'discovery', () => json({ issuer: issuer.issuer, more: 'x'.repeat(300_000) })],
  ['is too large', 'keys', () => json({ keys: [], more: 'x'.repeat(300_000) })],
  ['never ends', 'discovery', () => endless],
  ['never ends', 'keys', () => endless],
  ['never begins', 'discovery', () => () => undefined],
  ['never begins', 'keys', () => () => undefined],
  ['leads elsewhere', 'discovery', () => status(302, { location: `${other.issuer}/keys` })],
  ['leads elsewhere', 'keys', () => status(307, { location: `${other.issuer}/keys` })],
  ['is an error', 'discovery', () => status(500)],
  ['is an error', 'keys', () => status(404)],
  ['is no JSON', 'discovery', () => (response) => response.end('<html>')],
  ['is no JSON', 'keys', () => (response) => response.end('{"keys":[')],
  ['is of another shape', 'discovery', () => json([])],
  ['is of another shape', 'keys', () => json({ keys: 'none' })],
  [
    'is of another issuer',
    'discovery',
    () => json({ issuer: other.issuer, jwks_uri: `${other.issuer}/keys` }),
  ],
  [
    'names an issuer with a slash',
    'discovery',
    () => json({ issuer: `${issuer.issuer}/`, jwks_uri: `${other.issuer}/keys` }),
  ],
  [
    'has its keys in a file',
    'discovery',
    () => json({ issuer: issuer.issuer, jwks_uri: 'file:///etc/passwd' }),
  ],
  [
    'has its keys in the text',
    'discovery',
    () => json({ issuer: issuer.issuer, jwks_uri: 'data:application/json,{"keys":[]}' }),
  ],
  [
    'has its keys in the clear elsewhere',
    'discovery',
    () => json({ issuer: issuer.issuer, jwks_uri: 'http://192.0.2.1/keys' }),
  ],
];

it.each(FAULTS)('an answer that %s (%s) counts as none', async (_what, faulty, answer) => {
  issuer.fault = (request, response) => {
    if (request === faulty) answer()(response);
    else json({ issuer: issuer.issuer, jwks_uri: `${issuer.issuer}/keys` })(response);
  };
  const opened = await open();
  const token = await issuer.token();
  expect(await tried(opened, token)).toBe('auth.unavailable');
  expect(await isReady(opened)).toBe(false);
  expect(other.asked).toEqual({ discovery: 0, keys: 0 });
  expect(lines.join('')).toContain(issuer.issuer);
  issuer.fault = undefined;
  clock.advance(1_000);
  expect(await tried(opened, token)).toBe('alice');
});

it('an issuer without any keys has signed nothing', async () => {
  issuer.fault = (request, response) =>
    json(
      request === 'keys'
        ? { keys: [] }
        : { issuer: issuer.issuer, jwks_uri: `${issuer.issuer}/keys` },
    )(response);
  expect(await tried(await open(), await issuer.token())).toBe('auth.invalid');
});
