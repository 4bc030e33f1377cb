import { TenantSlug, type Principal } from '@maestro/core';
import { claimTexts, claimValue, type Claims } from './claim-value.ts';
import { invalidClaim } from './invalid-token.ts';
import type { ProviderConfig } from './provider-config.ts';
import { withDefaultRole } from './roles.ts';
import { isServiceToken } from './token-use.ts';

const MAX_SUBJECT = 200;
const MAX_NAME = 200;
const MAX_ROLES = 200;
const MAX_ROLE = 100;

/**
 * Who a checked token is of.
 *
 * @throws MaestroError `auth.invalid`, naming the claim that does not fit.
 */
export function principalOf(claims: Claims, issuer: string, config: ProviderConfig): Principal {
  const isService = isServiceToken(claims, config);
  const name = claims['name'];
  const isName = typeof name === 'string' && name !== '' && name.length <= MAX_NAME;
  return {
    tenant: tenantOf(claims, issuer, isService, config),
    subject: subjectOf(claims, config),
    ...(isName && !isService ? { name } : {}),
    roles: rolesOf(claims, isService, config),
    // As long as a clock that is behind by the skew would take it.
    expiresAtMs: Number(claims['exp']) * 1000 + config.skewMs,
  };
}

function tenantOf(
  claims: Claims,
  issuer: string,
  isService: boolean,
  config: ProviderConfig,
): string {
  const { claims: names, tenantMap, issuerTenants } = config;
  const name = isService ? names.serviceTenant : names.tenant;
  const own = issuerTenants?.get(issuer);
  const value = claimValue(claims, name);
  const [only] = own?.length === 1 ? own : [];
  if (value === undefined && only !== undefined) return only;
  if (typeof value !== 'string') throw invalidClaim(name);
  const needsMap = tenantMap !== undefined || name !== names.tenant;
  const mapped = needsMap ? tenantMap?.get(value) : value;
  // The claim that is not the tenant's says nothing where an issuer has but one.
  if (mapped === undefined && name !== names.tenant && only !== undefined) return only;
  const tenant = TenantSlug.safeParse(mapped);
  if (!tenant.success || (own && !own.includes(tenant.data))) throw invalidClaim(name);
  return tenant.data;
}

function subjectOf(claims: Claims, { claims: { subject: name } }: ProviderConfig): string {
  const subject = claimValue(claims, name);
  if (typeof subject !== 'string' || subject === '' || subject.length > MAX_SUBJECT) {
    throw invalidClaim(name);
  }
  return subject;
}

function rolesOf(claims: Claims, isService: boolean, config: ProviderConfig): readonly string[] {
  const { claims: names, roleMap, defaultRole } = config;
  // In Entra ID any application of the directory gets a token for any API; that it was given a role is what counts.
  const roles = new Set<string>(isService && config.provider !== 'entra' ? ['service'] : []);
  for (const name of names.roles) {
    for (const value of textsOf(claims, name)) {
      for (const role of roleMap.get(value) ?? [value]) roles.add(role);
    }
  }
  for (const name of names.groups) {
    for (const value of textsOf(claims, name)) {
      for (const role of roleMap.get(value) ?? []) roles.add(role);
    }
  }
  const usable = [...roles].filter((role) => role !== '' && role.length <= MAX_ROLE);
  if (usable.length > MAX_ROLES) throw invalidClaim(names.roles.join());
  return defaultRole === undefined || isService ? usable : withDefaultRole(usable, defaultRole);
}

function textsOf(claims: Claims, name: string): readonly string[] {
  const texts = claimTexts(claims, name);
  if (!texts) throw invalidClaim(name);
  return texts;
}
