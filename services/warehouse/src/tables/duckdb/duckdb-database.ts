import {
  BIGINT,
  LIST,
  listValue,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import { DuckDbPool, type DuckDbOptions } from './duckdb-pool.ts';
import type { SqlDatabase, SqlResult, SqlRow, SqlTransaction, SqlValue } from '../sql-database.ts';

/** Two transactions touched the same rows: DuckDB refuses the later one at once instead of letting it wait. */
const CONFLICT = /conflict|duplicate key/i;
const MAX_TRIES = 10;

/** The database has given up, and answers nothing any more; what was committed is in its file. A full disk during a checkpoint does that. */
const GIVEN_UP = /^FATAL Error|database has been invalidated/;

/** Before it is opened anew: while its disk is full that would fail again, after all its log was read. */
const RENEWAL_PAUSE_MS = 1_000;

/**
 * A DuckDB file, or `:memory:`. A commit is on the disk when it returns. One process has the file at a time; within it
 * whoever opens the same path shares the database, and the options of the last one hold. A database that has given up is
 * opened anew by whoever comes next.
 */
export class DuckDbDatabase implements SqlDatabase {
  readonly dialect = 'duckdb';
  readonly #file: string;
  readonly #options: DuckDbOptions;
  #pool: Promise<DuckDbPool>;

  private constructor(file: string, options: DuckDbOptions, pool: DuckDbPool) {
    this.#file = file;
    this.#options = options;
    this.#pool = Promise.resolve(pool);
  }

  static async open(file: string, options: DuckDbOptions = {}): Promise<DuckDbDatabase> {
    return new DuckDbDatabase(file, options, await DuckDbPool.open(file, options));
  }

  async transaction<T>(work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#use((connection) => once(connection, work));
      } catch (error) {
        if (tries === MAX_TRIES || !(error instanceof Error) || !CONFLICT.test(error.message)) {
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, tries * 5));
      }
    }
  }

  query(sql: string, values: readonly SqlValue[] = []): Promise<SqlResult> {
    return this.#use((connection) => run(connection, sql, values));
  }

  async close(): Promise<void> {
    const pool = await this.#pool.catch(() => undefined);
    await pool?.close();
  }

  /** Opens the file anew; whoever comes meanwhile waits, and hears of it when that fails. */
  #renew(closed: Promise<void>): void {
    this.#pool = closed
      .then(() => new Promise((resolve) => setTimeout(resolve, RENEWAL_PAUSE_MS)))
      .then(() => DuckDbPool.open(this.#file, this.#options));
    this.#pool.catch(() => undefined);
  }

  async #use<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const mine = this.#pool;
    const pool = await mine.catch((error: unknown) => {
      if (this.#pool === mine) this.#renew(Promise.resolve());
      throw error;
    });
    try {
      return await pool.use(work);
    } catch (error) {
      if (error instanceof Error && GIVEN_UP.test(error.message) && this.#pool === mine) {
        this.#renew(pool.close());
      }
      throw error;
    }
  }
}

async function once<T>(
  connection: DuckDBConnection,
  work: (transaction: SqlTransaction) => Promise<T>,
): Promise<T> {
  await connection.run('begin transaction');
  try {
    const result = await work({
      query: (sql, values = []) => run(connection, sql, values),
      script: async (sql) => void (await connection.run(sql)),
      // Whoever meets another transaction's change is refused, and tries again.
      lock: async () => undefined,
    });
    await connection.run('commit');
    return result;
  } catch (error) {
    // A failed commit has ended the transaction already.
    await connection.run('rollback').catch(() => undefined);
    throw error;
  }
}

async function run(
  connection: DuckDBConnection,
  sql: string,
  values: readonly SqlValue[],
): Promise<SqlResult> {
  const reader = await connection.runAndReadAll(
    sql,
    values.map((value) => valueOf(value)),
    values.map((value) => typeOf(value)),
  );
  const rows = reader.getRowObjectsJS().map((row) => plain(row));
  return { rows, changed: reader.rowsChanged };
}

function valueOf(value: SqlValue): DuckDBValue {
  if (typeof value === 'number') return BigInt(value);
  if (typeof value === 'string' || value === null) return value;
  return listValue(value.map((item) => (typeof item === 'number' ? BigInt(item) : item)));
}

function typeOf(value: SqlValue): DuckDBType {
  if (!Array.isArray(value)) return typeof value === 'number' ? BIGINT : VARCHAR;
  return LIST(typeof value[0] === 'number' ? BIGINT : VARCHAR);
}

function plain(row: Readonly<Record<string, unknown>>): SqlRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'bigint' ? Number(value) : value,
    ]),
  );
}
