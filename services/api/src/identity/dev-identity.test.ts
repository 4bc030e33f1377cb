import { DEV_AUDIENCE, DEV_ISSUER, mintDevToken, readDevKey } from '@maestro/client/dev-token';
import { FakeClock } from '@maestro/actors/testing';
import type { Identity } from '@maestro/core';
import { generateKeyPair, SignJWT } from 'jose';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { devIdentity } from './dev-identity.ts';

let folder: string;
let keyFile: string;
let clock: FakeClock;
let identity: Identity;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'maestro-dev-key-'));
  keyFile = path.join(folder, 'sub', 'dev-issuer.json');
  clock = new FakeClock(Date.now());
  identity = await devIdentity({ keyFile, environment: 'development', clock });
});
afterEach(() => rm(folder, { recursive: true }));

const claims = { tenant: 'acme', subject: 'alice' };

/** A token like the issuer's but for what is changed. */
async function forged(change: {
  readonly claims?: Record<string, unknown>;
  readonly issuer?: string;
  readonly audience?: string;
  readonly otherKey?: boolean;
}): Promise<string> {
  const { privateKey } = await readDevKey(keyFile);
  const key = change.otherKey ? (await generateKeyPair('ES256')).privateKey : privateKey;
  return new SignJWT({ tenant: 'acme', sub: 'alice', ...change.claims })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(change.issuer ?? DEV_ISSUER)
    .setAudience(change.audience ?? DEV_AUDIENCE)
    .setExpirationTime('1h')
    .sign(key);
}

describe('the dev issuer', () => {
  it.each(['production', '', 'Development'])(
    'refuses to start in the environment %j',
    async (environment) => {
      const refused = devIdentity({ keyFile, environment });
      await expect(refused).rejects.toMatchObject({
        code: 'config.invalid',
        message: expect.stringContaining('MAESTRO_ENV'),
      });
    },
  );

  it('makes one key, however many start at once, for its owner alone', async () => {
    const shared = path.join(folder, 'shared.json');
    await Promise.all(
      Array.from({ length: 8 }, () => devIdentity({ keyFile: shared, environment: 'development' })),
    );
    const text = await readFile(shared, 'utf8');
    await devIdentity({ keyFile: shared, environment: 'development' });
    expect(await readFile(shared, 'utf8')).toBe(text);
    expect((await stat(shared)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual(['shared.json', 'sub']);
  });

  it('names a key file that holds something else, and not what it holds', async () => {
    await writeFile(keyFile, '{"d":"hush"}');
    const refused = devIdentity({ keyFile, environment: 'development' });
    await expect(refused).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining(keyFile),
    });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('hush') });
  });
});

describe('a dev token', () => {
  it('says who is calling', async () => {
    const token = await mintDevToken({
      keyFile,
      ...claims,
      roles: ['operator'],
      name: 'Alice',
      ttlSeconds: 60,
    });
    const principal = await identity.verify(token);
    expect(principal).toMatchObject({ ...claims, roles: ['operator'], name: 'Alice' });
    expect(principal.expiresAtMs - Date.now()).toBeGreaterThan(55_000);
    // From memory now.
    expect(await identity.verify(token)).toBe(principal);
  });

  it.each([
    [undefined, ['researcher']],
    [['director'], ['director', 'researcher']],
    [
      ['reviewer', 'director'],
      ['reviewer', 'director'],
    ],
  ])('with the roles %j has %j', async (roles, expected) => {
    const token = await mintDevToken({ keyFile, ...claims, ...(roles ? { roles } : {}) });
    expect(await identity.verify(token)).toMatchObject({ roles: expected });
  });

  it('expires, also one that was accepted before', async () => {
    const token = await mintDevToken({ keyFile, ...claims, ttlSeconds: 60 });
    const late = await mintDevToken({ keyFile, ...claims, subject: 'bob', ttlSeconds: 60 });
    await identity.verify(token);
    clock.advance(61_000);
    await expect(identity.verify(token)).rejects.toMatchObject({ code: 'auth.expired' });
    await expect(identity.verify(late)).rejects.toMatchObject({ code: 'auth.expired' });
  });

  it.each([
    ['another key', { otherKey: true }],
    ['another issuer', { issuer: 'somebody' }],
    ['another audience', { audience: 'something' }],
    ['no tenant', { claims: { tenant: undefined } }],
    ['a tenant that is no slug', { claims: { tenant: 'a:b' } }],
    ['no subject', { claims: { sub: undefined } }],
    ['roles that are none', { claims: { roles: 'operator' } }],
  ])('with %s is refused', async (_name, change) => {
    const token = await forged(change);
    const refused = identity.verify(token);
    await expect(refused).rejects.toMatchObject({ code: 'auth.invalid' });
    await refused.catch((error: Error) =>
      expect(`${error.message}${error.stack}`).not.toContain(token),
    );
  });

  it('without a signature, or signed with the public key as a secret, is refused', async () => {
    const [, payload] = (await forged({})).split('.');
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    await expect(identity.verify(`${header}.${payload}.`)).rejects.toMatchObject({
      code: 'auth.invalid',
    });
    const secret = new TextEncoder().encode(await readFile(keyFile, 'utf8'));
    const symmetric = await new SignJWT({ tenant: 'acme', sub: 'eve' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(DEV_ISSUER)
      .setAudience(DEV_AUDIENCE)
      .setExpirationTime('1h')
      .sign(secret);
    await expect(identity.verify(symmetric)).rejects.toMatchObject({ code: 'auth.invalid' });
    await expect(identity.verify('rubbish')).rejects.toMatchObject({ code: 'auth.invalid' });
  });

  it('is remembered among a thousand at most', async () => {
    const first = await mintDevToken({ keyFile, ...claims });
    const principal = await identity.verify(first);
    const { privateKey } = await readDevKey(keyFile);
    const token = async (index: number): Promise<string> =>
      new SignJWT({ tenant: 'acme', sub: `user-${index}` })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer(DEV_ISSUER)
        .setAudience(DEV_AUDIENCE)
        .setExpirationTime('1h')
        .sign(privateKey);
    for (let index = 0; index < 1000; index++) await identity.verify(await token(index));
    const again = await identity.verify(first);
    expect(again).not.toBe(principal);
    expect(again).toEqual(principal);
  });
});
