import type { Observability } from '@maestro/core';
import { CopyFollower } from '../copy/copy-follower.ts';
import { copyTargetAt } from '../copy/open-copy-target.ts';
import { openDuckDbTables } from '../tables/duckdb/open-duckdb-tables.ts';
import { openPostgresTables } from '../tables/postgres/open-postgres-tables.ts';
import type { WarehouseTables } from '../tables/warehouse-tables.ts';
import { openFeed } from './open-feed.ts';
import { scanStores } from './scan-stores.ts';
import { Warehouse, type WarehouseParts } from './warehouse.ts';
import type { WarehouseConfig } from './warehouse-config.ts';

/** A warehouse and the tables that it keeps, which it closes when it stops. */
export interface OpenWarehouse {
  readonly warehouse: Warehouse;
  readonly tables: WarehouseTables;
}

/** Opens the tables and puts a warehouse together; it does nothing until it is started. */
export async function createWarehouse(
  config: WarehouseConfig,
  parts: Pick<WarehouseParts, 'store' | 'tenants' | 'wake' | 'notes'> & {
    readonly observability: Observability;
  },
): Promise<OpenWarehouse> {
  const tables = await ('duckdb' in config.tables
    ? openDuckDbTables(config.tables.duckdb)
    : openPostgresTables(config.tables.postgres));
  const { store, tenantStores } = config;
  const feed = await openFeed(store, tables);
  const copy = config.copy && {
    source: tables.copies,
    target: await copyTargetAt(config.copy.place),
    everyMs: config.copy.everyMs,
    notes: parts.notes,
  };
  const warehouse = new Warehouse({
    ...parts,
    tables,
    feed,
    copy: copy && new CopyFollower(copy),
    openScanner: async () => scanStores([store, ...tenantStores]),
    // Where a feed tells of every commit a walk over the whole store is but a precaution.
    reconcileMs: config.reconcileMs ?? (feed && tenantStores.length === 0 ? 3_600_000 : 30_000),
  });
  return { warehouse, tables };
}
