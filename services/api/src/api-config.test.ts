import { expect, it } from 'vitest';
import { readApiConfig } from './api-config.ts';

const PORTS = { DAPR_HTTP_PORT: '3500', APP_PORT: '3000' };
const ACTOR_KEY = 'k'.repeat(32);
const LEAST = {
  MAESTRO_ADMIN_TENANT: 'platform',
  ...PORTS,
  MAESTRO_ACTOR_KEY: ACTOR_KEY,
  MAESTRO_IDENTITY: 'oidc',
  MAESTRO_IDENTITY_ISSUER: 'https://login.example.com/',
  MAESTRO_IDENTITY_AUDIENCE: 'maestro',
};

it('has defaults for all but the ports of the sidecar and who may call', () => {
  expect(readApiConfig(LEAST)).toEqual({
    daprHttpPort: 3500,
    appPort: 3000,
    port: 8080,
    host: '127.0.0.1',
    environment: 'production',
    stateComponent: 'maestro-state',
    blobComponent: 'maestro-blobs',
    recipes: ['@maestro/recipes'],
    identity: {
      provider: 'oidc',
      issuers: ['https://login.example.com/'],
      audiences: ['maestro'],
      tokenUse: 'access',
      algorithms: ['RS256', 'PS256', 'ES256'],
      skewMs: 60_000,
      keys: { maxAgeMs: 600_000, graceMs: 3_600_000, coolDownMs: 30_000, timeoutMs: 5_000 },
      claims: {
        tenant: 'tenant',
        serviceTenant: 'tenant',
        subject: 'sub',
        roles: ['roles'],
        groups: ['groups'],
      },
      serviceMark: undefined,
      tenantMap: undefined,
      issuerTenants: undefined,
      roleMap: new Map(),
      defaultRole: undefined,
    },
    devKeyFile: '.maestro/dev-issuer.json',
    warehouseApp: '',
    corsOrigins: [],
    adminTenant: 'platform',
    registeredOnly: true,
    region: undefined,
    statusPage: true,
    actorKeys: [ACTOR_KEY],
    logLevel: 'info',
  });
});

it('takes what the environment says', () => {
  const config = readApiConfig({
    ...LEAST,
    MAESTRO_API_PORT: '9000',
    MAESTRO_RECIPES: '@maestro/recipes, ./mine.js',
    MAESTRO_DATA_DIR: '/data',
    MAESTRO_STATUS_PAGE: 'off',
    MAESTRO_TENANTS: 'open',
    MAESTRO_REGION: 'eu-west',
  });
  expect(config).toMatchObject({
    port: 9000,
    recipes: ['@maestro/recipes', './mine.js'],
    devKeyFile: '/data/dev-issuer.json',
    statusPage: false,
    registeredOnly: false,
    region: 'eu-west',
  });
});

it.each([
  ['DAPR_HTTP_PORT', { ...LEAST, DAPR_HTTP_PORT: undefined }],
  ['MAESTRO_IDENTITY', { ...PORTS, MAESTRO_ACTOR_KEY: ACTOR_KEY }],
  ['MAESTRO_ACTOR_KEY', { ...LEAST, MAESTRO_ACTOR_KEY: '' }],
  ['MAESTRO_ACTOR_KEY', { ...LEAST, MAESTRO_ACTOR_KEY: 'short' }],
  ['MAESTRO_API_PORT', { ...LEAST, MAESTRO_API_PORT: 'http' }],
  ['MAESTRO_STATUS_PAGE', { ...LEAST, MAESTRO_STATUS_PAGE: 'perhaps' }],
  ['MAESTRO_CORS_ORIGINS', { ...LEAST, MAESTRO_CORS_ORIGINS: '*' }],
  ['MAESTRO_ENV', { ...LEAST, MAESTRO_ENV: 'test' }],
])('names the variable that is wrong: %s', (name, environment) => {
  expect(() => readApiConfig(environment)).toThrowError(
    expect.objectContaining({ code: 'config.invalid', message: expect.stringContaining(name) }),
  );
});

it('takes the dev issuer unasked in development alone', () => {
  const development = { ...PORTS, MAESTRO_ENV: 'development' };
  expect(readApiConfig(development).identity).toEqual({ provider: 'dev' });
  expect(readApiConfig({ ...development, MAESTRO_IDENTITY: '' }).identity.provider).toBe('dev');
  expect(readApiConfig({ ...LEAST, MAESTRO_ENV: 'development' }).identity.provider).toBe('oidc');
});

it.each([
  ['MAESTRO_IDENTITY', 'okta'],
  ['MAESTRO_IDENTITY_ISSUER', ''],
  ['MAESTRO_IDENTITY_ISSUER', 'http://login.example.com'],
  ['MAESTRO_IDENTITY_ISSUER', 'https://user:pass@login.example.com'],
  ['MAESTRO_IDENTITY_ISSUER', 'https://login.example.com?x=1'],
  ['MAESTRO_IDENTITY_ISSUER', 'login.example.com'],
  ['MAESTRO_IDENTITY_ISSUER_TENANTS', '{"https://other.example.com":"acme"}'],
  ['MAESTRO_IDENTITY_ISSUER_TENANTS', '{"https://login.example.com/":"Acme"}'],
  ['MAESTRO_IDENTITY_ISSUER_TENANTS', '{"https://login.example.com/":[]}'],
  ['MAESTRO_IDENTITY_AUDIENCE', ' , '],
  ['MAESTRO_IDENTITY_TOKEN_USE', 'refresh'],
  ['MAESTRO_IDENTITY_ALGORITHMS', 'HS256'],
  ['MAESTRO_IDENTITY_ALGORITHMS', 'RS256,none'],
  ['MAESTRO_IDENTITY_SKEW_MS', '300001'],
  ['MAESTRO_IDENTITY_SKEW_MS', 'some'],
  ['MAESTRO_IDENTITY_KEYS_GRACE_MS', '-1'],
  ['MAESTRO_IDENTITY_TENANT_MAP', '{"a":"Not A Slug"}'],
  ['MAESTRO_IDENTITY_TENANT_MAP', 'a=acme'],
  ['MAESTRO_IDENTITY_ROLE_MAP', '["operator"]'],
  ['MAESTRO_IDENTITY_DEFAULT_ROLE', 'guest'],
  ['MAESTRO_IDENTITY_SERVICE_CLAIM', 'gty'],
])('names the variable about identity that is wrong: %s=%s', (name, value) => {
  expect(() => readApiConfig({ ...LEAST, [name]: value })).toThrowError(
    expect.objectContaining({ code: 'config.invalid', message: expect.stringContaining(name) }),
  );
});

it('needs to know of each of several issuers whom it speaks for', () => {
  const issuers = 'https://a.example.com,https://b.example.com';
  expect(() => readApiConfig({ ...LEAST, MAESTRO_IDENTITY_ISSUER: issuers })).toThrowError(
    /MAESTRO_IDENTITY_ISSUER_TENANTS/,
  );
  // Directories of Entra ID say it themselves, unless another claim says the tenant.
  const entra = { ...LEAST, MAESTRO_IDENTITY: 'entra', MAESTRO_IDENTITY_ISSUER: issuers };
  expect(readApiConfig(entra).identity).toMatchObject({ issuerTenants: undefined });
  expect(() => readApiConfig({ ...entra, MAESTRO_IDENTITY_TENANT_CLAIM: 'org' })).toThrowError(
    /MAESTRO_IDENTITY_ISSUER_TENANTS/,
  );
});

it('has somebody who can create tenants where they have to be created', () => {
  const { MAESTRO_ADMIN_TENANT: _, ...nobody } = LEAST;
  expect(() => readApiConfig(nobody)).toThrow(
    expect.objectContaining({
      code: 'config.invalid',
      message: expect.stringContaining('MAESTRO_ADMIN_TENANT'),
    }),
  );
  expect(readApiConfig({ ...nobody, MAESTRO_TENANTS: 'open' }).registeredOnly).toBe(false);
});
