import { systemClock } from '@maestro/actors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { providerConfigOf } from '../testing/provider-config-of.ts';
import { TestIssuer } from '../testing/test-issuer.ts';
import { ProviderIdentity } from './provider-identity.ts';

const DIRECTORY = '11111111-2222-3333-4444-555555555555';
const RESEARCHERS = 'aaaaaaaa-0000-0000-0000-000000000001';
const OPERATORS = 'aaaaaaaa-0000-0000-0000-000000000002';
const API = '99999999-0000-0000-0000-000000000000';

type Claims = Readonly<Record<string, unknown>>;
type Variables = Readonly<Record<string, string>>;

const issuers = {
  entra: new TestIssuer(`/${DIRECTORY}/v2.0`),
  cognito: new TestIssuer('/eu-central-1_AbCdEf123'),
  oidc: new TestIssuer('/realms/research/'),
};
beforeAll(() => Promise.all(Object.values(issuers).map((issuer) => issuer.start())));
afterAll(() => Promise.all(Object.values(issuers).map((issuer) => issuer.stop())));

/** Who a token of a provider is of, or why it is refused. */
async function principal(
  provider: keyof typeof issuers,
  claims: Claims,
  variables: Variables = {},
): Promise<unknown> {
  const issuer = issuers[provider];
  const config = providerConfigOf({
    PROVIDER: provider,
    ISSUER: issuer.issuer,
    AUDIENCE: API,
    ...variables,
  });
  const identity = new ProviderIdentity(config, {
    clock: systemClock,
    log: pino({ level: 'silent' }),
  });
  return identity.verify(await issuer.token({ claims })).then(
    ({ expiresAtMs: _end, ...rest }) => rest,
    (error: Error) => error.message,
  );
}

const refusedFor = (name: string): unknown => expect.stringContaining(`'${name}'`);

describe('Entra ID', () => {
  const user: Claims = {
    aud: API,
    ver: '2.0',
    tid: DIRECTORY,
    oid: 'oid-of-alice',
    sub: 'pairwise-of-alice',
    azp: 'app-of-the-user-interface',
    azpacr: '0',
    scp: 'access_as_user',
    name: 'Alice A.',
    preferred_username: 'alice@example.com',
  };
  const service: Claims = {
    ...user,
    scp: undefined,
    oid: 'oid-of-app',
    sub: 'oid-of-app',
    roles: [],
  };
  const idToken: Claims = {
    ...user,
    scp: undefined,
    azp: undefined,
    azpacr: undefined,
    nonce: 'n',
  };
  const maps: Variables = {
    TENANT_MAP: JSON.stringify({ [DIRECTORY]: 'acme' }),
    ROLE_MAP: JSON.stringify({ [RESEARCHERS]: 'researcher', [OPERATORS]: ['operator', 'on-call'] }),
  };

  it('names the tenant by the directory, users by their object id, roles by app roles and groups', async () => {
    const claims = {
      ...user,
      roles: ['reviewer'],
      groups: [RESEARCHERS, 'another-group', 'admin'],
    };
    expect(await principal('entra', claims, maps)).toEqual({
      tenant: 'acme',
      subject: 'oid-of-alice',
      name: 'Alice A.',
      roles: ['reviewer', 'researcher'],
    });
  });

  it('gives several roles for one group', async () => {
    const claims = { ...user, groups: [OPERATORS] };
    expect(await principal('entra', claims, maps)).toMatchObject({
      roles: ['operator', 'on-call'],
    });
  });

  it('has a directory be the tenant where nothing else is said', async () => {
    expect(await principal('entra', user)).toMatchObject({ tenant: DIRECTORY, roles: [] });
  });

  it.each([
    ['by its subject', service],
    ['by idtyp', { ...service, sub: 'something', idtyp: 'app' }],
  ])('tells an application without a user %s', async (_how, claims) => {
    expect(await principal('entra', claims, maps)).toEqual({
      tenant: 'acme',
      subject: 'oid-of-app',
      roles: [],
    });
    const more = { ...claims, roles: ['service', 'reviewer'] };
    expect(await principal('entra', more, maps)).toMatchObject({ roles: ['service', 'reviewer'] });
  });

  it('gives an application that was given no role none, whatever users are by default', async () => {
    const variables = { ...maps, DEFAULT_ROLE: 'researcher' };
    expect(await principal('entra', service, variables)).toMatchObject({ roles: [] });
    expect(await principal('entra', user, variables)).toMatchObject({ roles: ['researcher'] });
  });

  it('does not take a user for an application', async () => {
    const claims = { ...service, idtyp: 'user', scp: 'x' };
    expect(await principal('entra', claims, maps)).toMatchObject({ roles: [] });
    expect(await principal('entra', { ...service, scp: 'x' }, maps)).toMatchObject({ roles: [] });
  });

  it.each([
    ['of version 1', { ...user, ver: '1.0' }, "'ver'"],
    ['of another directory', { ...user, tid: DIRECTORY.replace('1', '2') }, "'tid'"],
    ['for another application', { ...user, aud: 'another' }, "'aud'"],
    ['without an object id', { ...user, oid: undefined }, "'oid'"],
    ['that is an id token', idToken, 'no access token'],
  ])('refuses a token %s', async (_what, claims, why) => {
    expect(await principal('entra', claims, maps)).toContain(why);
  });

  it('takes id tokens and no access tokens where that is asked for', async () => {
    const ids = { ...maps, TOKEN_USE: 'id' };
    expect(await principal('entra', idToken, ids)).toMatchObject({ subject: 'oid-of-alice' });
    expect(await principal('entra', user, ids)).toContain('no id token');
  });

  it('refuses a directory that the issuer is not of, also without a map', async () => {
    const claims = { ...user, tid: DIRECTORY.replace('1', '2') };
    expect(await principal('entra', claims)).toEqual(refusedFor('tid'));
  });

  it('refuses a directory that is not on the map', async () => {
    const map = { TENANT_MAP: '{"constructor":"acme"}' };
    expect(await principal('entra', user, map)).toEqual(refusedFor('tid'));
  });
});

describe('Cognito', () => {
  const access: Claims = {
    sub: 'sub-of-alice',
    username: 'alice',
    token_use: 'access',
    client_id: API,
    scope: 'openid maestro/use',
    'cognito:groups': ['researcher', 'director'],
    'custom:tenant': 'acme',
  };
  const id: Claims = {
    sub: 'sub-of-alice',
    'cognito:username': 'alice',
    token_use: 'id',
    aud: API,
    'cognito:groups': ['researcher'],
    'custom:tenant': 'acme',
  };
  const service: Claims = {
    sub: API,
    token_use: 'access',
    client_id: API,
    scope: 'maestro/use',
  };

  it('takes access tokens by their client, and groups for roles', async () => {
    expect(await principal('cognito', access)).toEqual({
      tenant: 'acme',
      subject: 'sub-of-alice',
      roles: ['researcher', 'director'],
    });
  });

  it('takes id tokens where that is asked for', async () => {
    expect(await principal('cognito', id, { TOKEN_USE: 'id' })).toMatchObject({ tenant: 'acme' });
    expect(await principal('cognito', access, { TOKEN_USE: 'id' })).toContain('no id token');
  });

  it.each([
    ['an id token', id, 'no access token'],
    ['no token use', { ...access, token_use: undefined }, 'no access token'],
    ['another client', { ...access, client_id: 'another' }, "'client_id'"],
    ['another resource', { ...access, aud: 'https://billing.example' }, "'aud'"],
    ['no tenant', { ...access, 'custom:tenant': undefined }, "'custom:tenant'"],
  ])('refuses %s', async (_what, claims, why) => {
    expect(await principal('cognito', claims)).toContain(why);
  });

  it('tells a client without a user, whose tenant only the map can say', async () => {
    const map = { TENANT_MAP: JSON.stringify({ [API]: 'acme' }) };
    expect(await principal('cognito', service, map)).toEqual({
      tenant: 'acme',
      subject: API,
      roles: ['service'],
    });
    expect(await principal('cognito', service)).toEqual(refusedFor('client_id'));
  });

  it('has a user pool speak for one tenant, whose tokens need not name it', async () => {
    const pools = { ISSUER_TENANTS: JSON.stringify({ [issuers.cognito.issuer]: 'acme' }) };
    const unnamed = { ...access, 'custom:tenant': undefined };
    expect(await principal('cognito', unnamed, pools)).toMatchObject({ tenant: 'acme' });
    expect(await principal('cognito', service, pools)).toMatchObject({ tenant: 'acme' });
    const other = { ...access, 'custom:tenant': 'globex' };
    expect(await principal('cognito', other, pools)).toEqual(refusedFor('custom:tenant'));
  });
});

describe('any OpenID provider', () => {
  const access: Claims = {
    sub: 'alice',
    aud: [API, 'account'],
    azp: 'web',
    typ: 'Bearer',
    tenant: 'acme',
    realm_access: { roles: ['researcher', 'offline_access'] },
    'https://example.com/roles': ['reviewer'],
    groups: ['/staff'],
  };

  it('has roles wherever the configuration says, and groups only by the map', async () => {
    const variables = {
      ROLE_CLAIMS: '/realm_access/roles, https://example.com/roles, /not/there',
      ROLE_MAP: JSON.stringify({ '/staff': 'operator', offline_access: [] }),
    };
    expect(await principal('oidc', access, variables)).toMatchObject({
      roles: ['researcher', 'reviewer', 'operator'],
    });
    const none = { ROLE_CLAIMS: 'none', GROUP_CLAIMS: 'none' };
    expect(await principal('oidc', access, none)).toMatchObject({ roles: [] });
  });

  it('makes users without a role what the configuration says, and no service', async () => {
    const variables = { DEFAULT_ROLE: 'reviewer' };
    expect(await principal('oidc', { ...access, roles: ['x'] }, variables)).toMatchObject({
      roles: ['x', 'reviewer'],
    });
    const service = { ...access, sub: 'web' };
    expect(await principal('oidc', service, variables)).toMatchObject({ roles: ['service'] });
    // Somebody who calls themselves like a client.
    expect(await principal('oidc', { ...service, auth_time: 1 }, variables)).toMatchObject({
      roles: ['reviewer'],
    });
  });

  it('has other names for tenant and subject', async () => {
    const variables = { TENANT_CLAIM: '/org/slug', SUBJECT_CLAIM: 'employee' };
    const claims = { ...access, org: { slug: 'globex' }, employee: '4711' };
    expect(await principal('oidc', claims, variables)).toMatchObject({
      tenant: 'globex',
      subject: '4711',
    });
    expect(await principal('oidc', access, variables)).toEqual(refusedFor('/org/slug'));
  });

  it('tells services by a mark, and takes their tenant from elsewhere', async () => {
    const variables = {
      SERVICE_CLAIM: 'gty=client-credentials',
      SERVICE_TENANT_CLAIM: 'azp',
      TENANT_MAP: '{"web":"acme","acme":"acme"}',
    };
    const claims = { ...access, sub: 'web@clients', gty: 'client-credentials', tenant: undefined };
    expect(await principal('oidc', claims, variables)).toEqual({
      tenant: 'acme',
      subject: 'web@clients',
      roles: ['service'],
    });
  });

  it.each([
    ['subject that is too long', { sub: 'x'.repeat(201) }, "'sub'"],
    ['number for a role', { roles: [1] }, "'roles'"],
    [
      'crowd of roles',
      { roles: Array.from({ length: 201 }, (_, index) => `r${index}`) },
      "'roles'",
    ],
  ])('refuses a %s', async (_what, claims, why) => {
    expect(await principal('oidc', { ...access, ...claims })).toContain(why);
  });

  it('leaves out a name that is too long to show', async () => {
    expect(await principal('oidc', { ...access, name: 'x'.repeat(201) })).not.toHaveProperty(
      'name',
    );
  });

  it('takes id tokens of the client alone where that is asked for', async () => {
    const ids = { TOKEN_USE: 'id' };
    const id = { sub: 'alice', aud: API, tenant: 'acme', nonce: 'n' };
    expect(await principal('oidc', id, ids)).toMatchObject({ subject: 'alice' });
    expect(await principal('oidc', { ...id, azp: API }, ids)).toMatchObject({ subject: 'alice' });
    expect(await principal('oidc', { ...id, azp: 'web' }, ids)).toEqual(refusedFor('azp'));
    expect(await principal('oidc', access, ids)).toContain('no id token');
  });
});
