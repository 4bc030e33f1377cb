import { MaestroError } from '@maestro/core';
import type { z } from 'zod';
import type { IdentityEnvironment } from './identity-environment.ts';
import type { IdentityConfig, ProviderConfig } from './provider-config.ts';
import { PRESETS } from './provider-presets.ts';

type Variables = z.output<typeof IdentityEnvironment>;

/**
 * Who may call the API, from the variables of the environment.
 *
 * @throws MaestroError `config.invalid`, naming the variable and what it has to be.
 */
export function identityConfig(
  variables: Variables,
  environment: 'development' | 'production',
): IdentityConfig {
  const provider =
    variables.MAESTRO_IDENTITY ?? (environment === 'development' ? 'dev' : undefined);
  if (provider === undefined) {
    throw invalid(
      'MAESTRO_IDENTITY',
      'set it to entra, cognito or oidc; the local dev issuer takes MAESTRO_ENV=development',
    );
  }
  if (provider === 'dev') return { provider };
  const preset = PRESETS[provider];
  const issuers = needed(variables, 'MAESTRO_IDENTITY_ISSUER');
  const tenant = variables.MAESTRO_IDENTITY_TENANT_CLAIM ?? preset.claims.tenant;
  const mark = variables.MAESTRO_IDENTITY_SERVICE_CLAIM;
  const split = mark?.indexOf('=') ?? 0;
  return {
    provider,
    issuers,
    audiences: needed(variables, 'MAESTRO_IDENTITY_AUDIENCE'),
    tokenUse: variables.MAESTRO_IDENTITY_TOKEN_USE ?? 'access',
    algorithms: variables.MAESTRO_IDENTITY_ALGORITHMS ?? preset.algorithms,
    skewMs: variables.MAESTRO_IDENTITY_SKEW_MS,
    keys: {
      maxAgeMs: variables.MAESTRO_IDENTITY_KEYS_MAX_AGE_MS,
      graceMs: variables.MAESTRO_IDENTITY_KEYS_GRACE_MS,
      coolDownMs: variables.MAESTRO_IDENTITY_KEYS_COOL_DOWN_MS,
      timeoutMs: variables.MAESTRO_IDENTITY_TIMEOUT_MS,
    },
    claims: {
      tenant,
      serviceTenant:
        variables.MAESTRO_IDENTITY_SERVICE_TENANT_CLAIM ?? preset.claims.serviceTenant ?? tenant,
      subject: variables.MAESTRO_IDENTITY_SUBJECT_CLAIM ?? preset.claims.subject,
      roles: variables.MAESTRO_IDENTITY_ROLE_CLAIMS ?? preset.claims.roles,
      groups: variables.MAESTRO_IDENTITY_GROUP_CLAIMS ?? preset.claims.groups,
    },
    serviceMark:
      mark === undefined
        ? undefined
        : { claim: mark.slice(0, split), value: mark.slice(split + 1) },
    tenantMap: variables.MAESTRO_IDENTITY_TENANT_MAP,
    // A directory of Entra ID can only speak for itself.
    issuerTenants: issuerTenants(variables, issuers, provider === 'entra' && tenant === 'tid'),
    roleMap: variables.MAESTRO_IDENTITY_ROLE_MAP ?? new Map(),
    defaultRole: variables.MAESTRO_IDENTITY_DEFAULT_ROLE,
  };
}

/** One of several issuers could otherwise speak for the tenants of the others. */
function issuerTenants(
  { MAESTRO_IDENTITY_ISSUER_TENANTS: tenants }: Variables,
  issuers: readonly string[],
  areApart: boolean,
): ProviderConfig['issuerTenants'] {
  const name = 'MAESTRO_IDENTITY_ISSUER_TENANTS';
  if (!tenants) {
    if (issuers.length > 1 && !areApart)
      throw invalid(name, 'say of each issuer which tenants it speaks for');
    return undefined;
  }
  const listed = [...tenants.keys()].sort();
  if (listed.join() !== [...issuers].sort().join()) {
    throw invalid(name, 'must have exactly the issuers of MAESTRO_IDENTITY_ISSUER');
  }
  return tenants;
}

function needed(
  variables: Variables,
  name: 'MAESTRO_IDENTITY_ISSUER' | 'MAESTRO_IDENTITY_AUDIENCE',
): readonly string[] {
  const values = variables[name];
  if (!values || values.length === 0) {
    throw invalid(name, `is needed with MAESTRO_IDENTITY=${variables.MAESTRO_IDENTITY}`);
  }
  return values;
}

function invalid(name: string, what: string): MaestroError {
  return new MaestroError('config.invalid', `${name}: ${what}`);
}
