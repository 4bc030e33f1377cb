import { DICTIONARY } from '../dictionary/dictionary.ts';
import { BUILT, EMPTY_BUILT } from './build-facts.ts';
import type { SqlDatabase, SqlTransaction } from './sql-database.ts';
import type { CheckpointChange } from './warehouse-tables.ts';

/** Saves how far something has come. */
export async function saveCheckpoint(
  transaction: SqlTransaction,
  name: string,
  value: string,
): Promise<void> {
  await transaction.query(
    `insert into feed_checkpoint (name, value) values ($1, $2)
     on conflict (name) do update set value = excluded.value`,
    [name, value],
  );
}

/** @returns how far something has come; undefined when that was never saved. */
export async function loadCheckpoint(
  database: Pick<SqlTransaction, 'query'>,
  name: string,
): Promise<string | undefined> {
  const { rows } = await database.query('select value from feed_checkpoint where name = $1', [
    name,
  ]);
  const [row] = rows;
  return row && String(row['value']);
}

/**
 * Saves how far something has come where it has come as far as is expected. @returns whether it has.
 */
export async function changeCheckpoint(
  transaction: SqlTransaction,
  { name, expected, value }: CheckpointChange,
): Promise<boolean> {
  await transaction.lock(`checkpoint ${name}`);
  if ((await loadCheckpoint(transaction, name)) !== expected) return false;
  await saveCheckpoint(transaction, name, value);
  return true;
}

/**
 * Empties events, ends and everything that is built of them. A writer looks at the ends first and holds them until it
 * commits. In PostgreSQL TRUNCATE waits for such writers, if it comes to the ends before the events, and they for it; in
 * DuckDB whoever comes second is refused, and tries again.
 */
export async function clearTables(
  transaction: SqlTransaction,
  dialect: SqlDatabase['dialect'],
): Promise<void> {
  await transaction.lock('build');
  await transaction.script(
    dialect === 'postgres'
      ? `truncate event_end, event, ${BUILT.join(', ')}`
      : `delete from event_end; delete from event; ${EMPTY_BUILT}`,
  );
}

/** The tables that say whose a row is. */
const OF_TENANTS: readonly string[] = DICTIONARY.filter(({ columns }) =>
  columns.some(({ name }) => name === 'tenant'),
).map(({ name }) => name);

/** Deletes all of one tenant, at once. */
export async function eraseTenant(transaction: SqlTransaction, tenant: string): Promise<void> {
  await transaction.lock('build');
  // The ends first, as everybody who writes events does.
  for (const table of ['event_end', ...OF_TENANTS.filter((name) => name !== 'event_end')]) {
    await transaction.query(`delete from ${table} where tenant = $1`, [tenant]);
  }
}
