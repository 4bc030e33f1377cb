import { FakeClock } from '@maestro/actors/testing';
import { base64url, exportSPKI, generateKeyPair, exportJWK, SignJWT } from 'jose';
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type ApiHarness } from '../testing/api-harness.ts';
import { providerConfigOf } from '../testing/provider-config-of.ts';
import { TestIssuer } from '../testing/test-issuer.ts';
import { openIdentity } from './open-identity.ts';

const CLAIMS = {
  sub: 'alice-secret-subject',
  tenant: 'acme',
  aud: 'maestro-api',
  scope: 'maestro',
  roles: ['researcher'],
};

// Two issuers with a tenant each, and one that the API does not know.
const clock = new FakeClock(Date.now());
const ours = new TestIssuer();
const theirs = new TestIssuer();
const stranger = new TestIssuer();
let api: ApiHarness;
beforeAll(async () => {
  // On our issuer's list of keys, but not on the list of algorithms.
  await ours.addKey('es384', 'ES384');
  await ours.addKey('first');
  for (const issuer of [ours, theirs, stranger]) {
    issuer.nowMs = () => clock.nowMs();
    issuer.claims = CLAIMS;
    await issuer.start();
  }
  theirs.claims = { ...CLAIMS, tenant: 'globex' };
  const config = providerConfigOf({
    PROVIDER: 'oidc',
    ISSUER: `${ours.issuer},${theirs.issuer}`,
    AUDIENCE: 'maestro-api',
    ISSUER_TENANTS: JSON.stringify({
      [ours.issuer]: ['acme', 'acme-labs'],
      [theirs.issuer]: 'globex',
    }),
  });
  const { identity } = await openIdentity({
    identity: config,
    devKeyFile: '',
    environment: 'production',
    clock,
  });
  api = await startApi({ identity });
});
afterAll(async () => {
  await api?.close();
  for (const issuer of [ours, theirs, stranger]) await issuer.stop();
});

const nowS = (): number => Math.floor(clock.nowMs() / 1000);

/** A token's parts with another header, or another signature. */
async function rewritten(
  header: Readonly<Record<string, unknown>>,
  sign: (input: string) => string,
): Promise<string> {
  const [, payload] = (await ours.token()).split('.');
  const input = `${base64url.encode(JSON.stringify(header))}.${payload}`;
  return `${input}.${sign(input)}`;
}

/** Signed by the RSA public key as if it were a secret. */
async function signedByPublicKey(alg: string): Promise<string> {
  const secret = await exportSPKI(ours.keyOf('first').publicKey);
  return rewritten({ alg, kid: 'first', typ: 'JWT' }, (input) =>
    createHmac(alg.replace('HS', 'sha'), secret).update(input).digest('base64url'),
  );
}

/** Signed by the attacker's key, with a header that says where that is. */
async function withOwnKey(header: Readonly<Record<string, unknown>>): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = header['jwk'] === true ? { jwk: await exportJWK(publicKey) } : {};
  return ours.token({ key: privateKey, header: { ...header, ...jwk } });
}

const ATTACKS: readonly (readonly [string, () => Promise<string>, string?])[] = [
  ['alg none', () => rewritten({ alg: 'none' }, () => '')],
  ['alg None in other letters', () => rewritten({ alg: 'nOnE', kid: 'first' }, () => '')],
  ['alg none with a signature', () => rewritten({ alg: 'none', kid: 'first' }, () => 'AAAA')],
  ['no alg', () => rewritten({ kid: 'first' }, () => 'AAAA')],
  ['HS256 by the RSA public key', () => signedByPublicKey('HS256')],
  ['HS512 by the RSA public key', () => signedByPublicKey('HS512')],
  ['an empty signature', () => rewritten({ alg: 'RS256', kid: 'first' }, () => '')],
  [
    "another token's signature",
    async () => {
      const [, , signature = ''] = (await ours.token({ claims: { sub: 'bob' } })).split('.');
      return rewritten({ alg: 'RS256', kid: 'first' }, () => signature);
    },
  ],
  ['an algorithm that is not on the list', () => ours.token({ kid: 'es384' })],
  ['no issuer', () => ours.token({ claims: { iss: undefined } }), "'iss'"],
  ['an unknown issuer', () => stranger.token(), "'iss'"],
  [
    "the issuer's name with a slash",
    () => ours.token({ claims: { iss: `${ours.issuer}/` } }),
    "'iss'",
  ],
  ["the issuer's name in a list", () => ours.token({ claims: { iss: [ours.issuer] } }), "'iss'"],
  ['our issuer named by a stranger', () => stranger.token({ claims: { iss: ours.issuer } })],
  ['our issuer named by another of ours', () => theirs.token({ claims: { iss: ours.issuer } })],
  ["a tenant of another issuer's", () => theirs.token({ claims: { tenant: 'acme' } }), "'tenant'"],
  ['a tenant nobody speaks for', () => ours.token({ claims: { tenant: 'initech' } }), "'tenant'"],
  ['a tenant that is no slug', () => ours.token({ claims: { tenant: 'acme:x' } }), "'tenant'"],
  ['two tenants', () => ours.token({ claims: { tenant: ['acme', 'globex'] } }), "'tenant'"],
  [
    'no tenant where the issuer has two',
    () => ours.token({ claims: { tenant: undefined } }),
    "'tenant'",
  ],
  ['another audience', () => ours.token({ claims: { aud: 'billing' } }), "'aud'"],
  ['other audiences', () => ours.token({ claims: { aud: ['billing', 'maestro'] } }), "'aud'"],
  ['no audience', () => ours.token({ claims: { aud: undefined } }), "'aud'"],
  [
    'an audience that is an object',
    () => ours.token({ claims: { aud: { 0: 'maestro-api' } } }),
    "'aud'",
  ],
  ['no subject', () => ours.token({ claims: { sub: undefined } }), "'sub'"],
  ['a kid that is a path', () => withOwnKey({ kid: '../../../../dev/null' })],
  ['a kid that is SQL', () => withOwnKey({ kid: "x' UNION SELECT 'key" })],
  ['a kid that is an address', () => withOwnKey({ kid: `${stranger.issuer}/keys` })],
  ['a kid of the prototype', () => withOwnKey({ kid: '__proto__' })],
  ['a kid of ours, another key', () => withOwnKey({})],
  ['a key in the header (jwk)', () => withOwnKey({ jwk: true })],
  ['an address of keys (jku)', () => withOwnKey({ jku: `${stranger.issuer}/keys` })],
  ['an address of certificates (x5u)', () => withOwnKey({ x5u: `${stranger.issuer}/keys` })],
  ['a certificate in the header (x5c)', () => withOwnKey({ x5c: ['AAAA'] })],
  ['a critical header', () => rewritten({ alg: 'RS256', kid: 'first', crit: ['exp'] }, () => 'AA')],
  ['expired', () => ours.token({ claims: { exp: nowS() - 61 } }), 'auth.expired'],
  ['never expiring', () => ours.token({ claims: { exp: undefined } }), "'exp'"],
  ['expiring at a text', () => ours.token({ claims: { exp: '9999999999' } }), "'exp'"],
  ['not yet valid', () => ours.token({ claims: { nbf: nowS() + 62 } }), "'nbf'"],
  ['issued in the future', () => ours.token({ claims: { iat: nowS() + 62 } }), "'iat'"],
  [
    'an id token',
    () => ours.token({ claims: { scope: undefined, nonce: 'n' } }),
    'no access token',
  ],
  [
    'an id token with a scope',
    () => ours.token({ claims: { at_hash: 'AAAA' } }),
    'no access token',
  ],
  ['an id token of Keycloak', () => ours.token({ claims: { typ: 'ID' } }), 'no access token'],
  ['a type that is a number', () => ours.token({ header: { typ: 1 } }), 'of another kind'],
  ['a logout token', () => ours.token({ header: { typ: 'logout+jwt' } }), 'of another kind'],
  [
    'a logout token without a type',
    () => ours.token({ claims: { events: {} } }),
    'no access token',
  ],
  ['bound to a key', () => ours.token({ claims: { cnf: { jkt: 'AAAA' } } }), 'bound'],
  ['roles that are none', () => ours.token({ claims: { roles: { admin: true } } }), "'roles'"],
  ['five parts', async () => 'a.b.c.d.e', 'no signed JWT'],
  ['rubbish', async () => '%%%', 'no signed JWT'],
];

const CASES = ATTACKS.map(([what, make, why = 'auth.invalid']) => [what, make, why] as const);

describe('a token', () => {
  it('that is good is taken', async () => {
    for (const change of [
      {},
      { claims: { aud: ['other', 'maestro-api'] } },
      { claims: { tenant: 'acme-labs' } },
      { header: { typ: 'at+jwt' }, claims: { scope: undefined } },
      { claims: { exp: nowS() - 58, nbf: nowS() + 58 } },
    ]) {
      const answer = await api.call('GET', '/tenant', { token: await ours.token(change) });
      expect(answer.httpStatus, answer.text).toBe(200);
    }
    const other = await api.call('GET', '/tenant', { token: await theirs.token() });
    expect(other.json).toMatchObject({ tenant: 'globex' });
  });

  it.each(CASES)('with %s is refused', async (_what, make, why) => {
    const token = await make();
    const goal = { objective: 'break in', recipe: 'noop@1', parameters: { sleepMs: 1 } };
    const refused = await api.refused('POST', '/continuations', { token, body: { goal } });
    expect(refused.code).toBe(why === 'auth.expired' ? why : 'auth.invalid');
    expect(`${refused.code} ${refused.detail}`).toContain(why);
    for (const part of [token, ...token.split('.'), CLAIMS.sub, 'globex', 'billing']) {
      if (part.length > 4) expect(refused.text).not.toContain(part);
    }
  });

  it('makes the API ask nobody but its issuers, and those seldom', async () => {
    expect(stranger.asked).toEqual({ discovery: 0, keys: 0 });
    // Once at the start: the clock stood still since, however many keys were named.
    expect(ours.asked).toEqual({ discovery: 1, keys: 1 });
  });

  it('that a secret among the keys could have made is refused', async () => {
    const secret = new TextEncoder().encode('a secret of thirty-two bytes....');
    const token = await new SignJWT({ ...CLAIMS, iss: ours.issuer, exp: nowS() + 60 })
      .setProtectedHeader({ alg: 'HS256', kid: 'first' })
      .sign(secret);
    expect(await api.refused('GET', '/tenant', { token })).toMatchObject({ code: 'auth.invalid' });
  });
});
