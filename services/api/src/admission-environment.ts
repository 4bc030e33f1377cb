import { Residency, TenantSlug } from '@maestro/core';
import { z } from 'zod';
import type { Admission } from './http/admit.ts';

/** The variables about which tenants are served. */
export const AdmissionEnvironment = z.object({
  /** Those that were created, or any that the identity provider names. Empty: `registered` in production. */
  MAESTRO_TENANTS: z.enum(['', 'open', 'registered']).default(''),
  /** Name of the region that this deployment is in. */
  MAESTRO_REGION: Residency.unwrap().element.or(z.literal('')).default(''),
  /** The tenant whose admins may do what concerns all tenants. */
  MAESTRO_ADMIN_TENANT: TenantSlug.or(z.literal('')).default(''),
});

/** Which tenants are served, as the environment says. */
export function admissionOf(
  data: z.infer<typeof AdmissionEnvironment> & {
    readonly MAESTRO_ENV: 'development' | 'production';
  },
): Required<Admission> {
  const preset = data.MAESTRO_ENV === 'production' ? 'registered' : 'open';
  return {
    registeredOnly: (data.MAESTRO_TENANTS || preset) === 'registered',
    region: data.MAESTRO_REGION || undefined,
    adminTenant: data.MAESTRO_ADMIN_TENANT || undefined,
  };
}
