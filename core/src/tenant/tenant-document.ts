import { z } from 'zod';
import { TenantSlug } from '../continuation/identifiers.ts';
import { StoredRedactionSettings } from './redaction-settings.ts';
import { TenantLimits } from './tenant-limits.ts';

export const TENANT_SCHEMA_VERSION = 1;

/** What a tenant is allowed, as it is stored: a release passes over what only a later one knows. */
export const TenantDocument = z.looseObject({
  schemaVersion: z.int().min(1),
  tenant: TenantSlug,
  limits: z.looseObject(TenantLimits.shape).prefault({}),
  redaction: StoredRedactionSettings.prefault({}),
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
