import { z } from 'zod';
import { Instant } from '../wake/wake-condition.ts';
import { tenantPartition } from './tenant-document.ts';

/** Why nothing may start or leave, and who said so. */
export const Freeze = z.looseObject({
  /** Subject of the token. */
  by: z.string().min(1).max(200),
  reason: z.string().min(1).max(1000),
  at: Instant,
});
export type Freeze = z.infer<typeof Freeze>;

/** What a freeze holds up: a tenant, or all of the installation. */
export type FreezeScope = { readonly tenant: string } | 'installation';

/** A freeze as it is stored; null once it was taken back. */
export const FreezeRow = z.looseObject({
  schemaVersion: z.int().min(1),
  freeze: Freeze.nullable(),
});

/** A freeze that holds, and what it holds up. */
export interface ActiveFreeze extends Freeze {
  readonly scope: 'tenant' | 'installation';
}

/** Partition of the installation's own rows: a tenant's slug has no underscore. */
const INSTALLATION_PARTITION = '_:installation';

/** Partition and key of the row of a freeze. */
export function freezeRow(scope: FreezeScope): {
  readonly partition: string;
  readonly key: string;
} {
  const partition =
    scope === 'installation' ? INSTALLATION_PARTITION : tenantPartition(scope.tenant);
  return { partition, key: `${partition}:freeze` };
}
