import { z } from 'zod';
import { Instant } from '../wake/wake-condition.ts';
import { tenantPartition } from './tenant-document.ts';

/** Name of a Dapr state component. */
export const StateComponent = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, 'must be the name of a state component');

/** Where the rows of a tenant are, as it is stored: once, when the tenant is created. */
export const TenantStoreRow = z.looseObject({
  schemaVersion: z.int().min(1),
  stateComponent: StateComponent,
});

/** Who deleted a tenant, and when: nothing of it is served or started any more. */
export const TenantDeletion = z.looseObject({ by: z.string().max(200), at: Instant });
export type TenantDeletion = z.infer<typeof TenantDeletion>;

/** A deletion as it is stored: once. */
export const TenantDeletionRow = z.looseObject({
  schemaVersion: z.int().min(1),
  deletion: TenantDeletion,
});

/** Key of the row that says where the rows of a tenant are: created with its document, and never written again. */
export function tenantStoreKey(tenant: string): string {
  return `${tenantPartition(tenant)}:store`;
}

/** Key of the row that says that a tenant was deleted: created once, and never written again. */
export function tenantDeletionKey(tenant: string): string {
  return `${tenantPartition(tenant)}:deleted`;
}
