import { MaestroError, type TenantDirectory } from '@maestro/core';

/** Whose requests are taken here. */
export interface Admission {
  /** Whether tenants have to be created before they may call. @default false */
  readonly registeredOnly?: boolean;
  /** Name of the region that this deployment is in. */
  readonly region?: string | undefined;
  /** The tenant whose admins create others; it needs no document of its own. */
  readonly adminTenant?: string | undefined;
}

/**
 * Refuses a tenant that is not served here. One whose document cannot be understood is let in: it can be put anew then.
 *
 * @throws MaestroError `tenant.unknown`, `tenant.deleted` or `tenant.elsewhere`; or, retryable, that the store cannot be read.
 */
export async function admit(
  tenants: Pick<TenantDirectory, 'find' | 'deletion'>,
  tenant: string,
  { registeredOnly = false, region, adminTenant }: Admission,
): Promise<void> {
  const [deletion, document] = await Promise.all([
    tenants.deletion(tenant),
    tenants.find(tenant).catch((error: unknown) => {
      if (MaestroError.from(error).code === 'tenant.invalid') return null;
      throw error;
    }),
  ]);
  if (deletion) {
    throw new MaestroError('tenant.deleted', `the tenant was deleted at ${deletion.at}`);
  }
  if (document === null) return;
  if (document === undefined) {
    if (!registeredOnly || tenant === adminTenant) return;
    throw new MaestroError('tenant.unknown', 'the tenant of the token was not created here');
  }
  if (mayBeIn(document.residency, region)) return;
  throw new MaestroError(
    'tenant.elsewhere',
    `the data of the tenant may be in ${document.residency.join(', ')}; this is ${region ?? 'nowhere that is named'}`,
  );
}

/** Whether data may be in a region. */
export function mayBeIn(residency: readonly string[], region: string | undefined): boolean {
  return residency.length === 0 || (region !== undefined && residency.includes(region));
}
