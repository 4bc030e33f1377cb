import { TenantSlug } from '@maestro/core';
import type { GlobalOptions } from './connection.ts';
import type { CliEnvironment } from './environment.ts';
import { UsageError } from './failure.ts';

/**
 * The tenant that the token of a command names: read from the token, without verifying it (the API does), or that of the
 * dev token that will be made.
 *
 * @param given what the command line says about it.
 * @throws UsageError when it contradicts the token, or when nobody says.
 */
export function tokenTenant(
  options: GlobalOptions,
  environment: Pick<CliEnvironment, 'token' | 'tenant'>,
  given: string | undefined,
): string {
  if (given !== undefined && !TenantSlug.safeParse(given).success) {
    throw new UsageError('a tenant is 1-40 of a-z, 0-9 and hyphen');
  }
  const token = options.token ?? environment.token;
  const named = token === undefined ? (given ?? environment.tenant) : claimedTenant(token);
  if (named !== undefined && given !== undefined && named !== given) {
    throw new UsageError(`the token is of the tenant ${named}, not of ${given}`);
  }
  const tenant = named ?? given;
  if (tenant === undefined) {
    throw new UsageError('the token does not say its tenant: give --tenant <slug>');
  }
  return tenant;
}

function claimedTenant(token: string): string | undefined {
  try {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
    const { tenant } = JSON.parse(payload) as { readonly tenant?: unknown };
    return TenantSlug.safeParse(tenant).data;
  } catch {
    return undefined;
  }
}
