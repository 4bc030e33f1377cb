import { SqlTables, type SqlTablesOptions } from '../sql-tables.ts';
import type { WarehouseTables } from '../warehouse-tables.ts';
import type { SqlDatabase } from '../sql-database.ts';
import type { DuckDbOptions } from './duckdb-pool.ts';

/** Opens a DuckDB file and brings its library along, which is large: whoever opens none does without. */
export async function openDuckDb(file: string, options: DuckDbOptions = {}): Promise<SqlDatabase> {
  const { DuckDbDatabase } = await import('./duckdb-database.ts');
  return DuckDbDatabase.open(file, options);
}

/**
 * Opens the warehouse in a DuckDB file, which is created where there is none; `:memory:` for one that ends with the
 * process.
 *
 * @throws Error when another process has the file open.
 * @throws MaestroError `config.invalid` when the tables there are of another release.
 */
export async function openDuckDbTables(
  file: string,
  options: DuckDbOptions & SqlTablesOptions = {},
): Promise<WarehouseTables> {
  return SqlTables.open(await openDuckDb(file, options), options);
}
