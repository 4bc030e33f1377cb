import { z } from 'zod';
import { TenantSlug } from '../continuation/identifiers.ts';
import { Sensitivity } from '../goal/goal-frame.ts';
import { StoredRedactionSettings } from './redaction-settings.ts';
import { TenantBudget } from './tenant-allowance.ts';
import { TenantLimits } from './tenant-limits.ts';

export const TENANT_SCHEMA_VERSION = 1;

/** Where data of a tenant may be, by the names that deployments give their regions (`MAESTRO_REGION`); empty for anywhere. */
export const Residency = z
  .array(
    z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be the name of a region, such as eu-west'),
  )
  .max(20)
  .default([]);

/** What a tenant is allowed, as it is stored: a release passes over what only a later one knows. */
export const TenantDocument = z.looseObject({
  schemaVersion: z.int().min(1),
  tenant: TenantSlug,
  limits: z.looseObject(TenantLimits.shape).prefault({}),
  redaction: StoredRedactionSettings.prefault({}),
  budget: z.looseObject(TenantBudget.shape).prefault({}),
  maxSensitivity: Sensitivity.default('restricted'),
  residency: Residency,
});
export type TenantDocument = z.infer<typeof TenantDocument>;

/** The document of a tenant that has none of its own. */
export function defaultTenantDocument(tenant: string): TenantDocument {
  return TenantDocument.parse({ schemaVersion: TENANT_SCHEMA_VERSION, tenant });
}

/** The partition of a tenant's own rows in the state store: no continuation has such an id. */
export function tenantPartition(tenant: string): string {
  return `${tenant}:tenant`;
}

/** Key of a tenant's document. */
export function tenantDocumentKey(tenant: string): string {
  return `${tenantPartition(tenant)}:document`;
}
