import { SqlTables, type SqlTablesOptions } from '../sql-tables.ts';
import type { WarehouseTables } from '../warehouse-tables.ts';
import { PostgresDatabase, type PostgresOptions } from './postgres-database.ts';

/**
 * Opens the warehouse in a PostgreSQL database, in a schema of its own. Any number of processes may have it open.
 *
 * @throws MaestroError `config.invalid` when the tables there are of another release.
 */
export async function openPostgresTables(
  connectionString: string,
  options: PostgresOptions & SqlTablesOptions = {},
): Promise<WarehouseTables> {
  const database = await PostgresDatabase.open(connectionString, options);
  return SqlTables.open(database, options);
}
