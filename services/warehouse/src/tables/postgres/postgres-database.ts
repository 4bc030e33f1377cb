import { Pool, TypeOverrides, types, type PoolClient } from 'pg';
import type { SqlDatabase, SqlResult, SqlTransaction, SqlValue } from '../sql-database.ts';

/** Options of {@link PostgresDatabase}. */
export interface PostgresOptions {
  /** @default 4 */
  readonly maxConnections?: number;
  /** Schema of the tables, which is created where it is not there. @default `maestro` */
  readonly schema?: string;
  /** After so long without an answer a statement, also one of a build, counts as failed, in ms. @default 300000 */
  readonly queryTimeoutMs?: number;
  /** Told of a connection that broke while nobody used it. */
  readonly onError?: (error: Error) => void;
}

const CONNECT_TIMEOUT_MS = 10_000;
const SCHEMA = /^[a-z][a-z0-9_]{0,62}$/;

/** A PostgreSQL database, in one schema of its own. Any number of processes may write. */
export class PostgresDatabase implements SqlDatabase {
  readonly dialect = 'postgres';
  readonly #pool: Pool;

  private constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** @throws TypeError for a schema that is not a plain lower-case name. */
  static async open(
    connectionString: string,
    options: PostgresOptions = {},
  ): Promise<PostgresDatabase> {
    const {
      maxConnections = 4,
      schema = 'maestro',
      queryTimeoutMs = 300_000,
      onError = () => undefined,
    } = options;
    if (!SCHEMA.test(schema)) throw new TypeError(`not a name of a schema: ${schema}`);
    const plain = new TypeOverrides();
    plain.setTypeParser(types.builtins.INT8, Number);
    plain.setTypeParser(types.builtins.NUMERIC, Number);
    for (const type of [types.builtins.TIMESTAMP, types.builtins.DATE]) {
      plain.setTypeParser(type, (text: string) => text);
    }
    const pool = new Pool({
      connectionString,
      max: maxConnections,
      types: plain,
      options: `-c search_path=${schema}`,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: queryTimeoutMs,
      keepAlive: true,
    });
    pool.on('error', onError);
    // The pool itself listens only to connections that nobody uses; whoever uses one sees the query fail.
    pool.on('connect', (client) => client.on('error', () => undefined));
    try {
      const found = await pool.query('select 1 from pg_namespace where nspname = $1', [schema]);
      // Two that create it at once would fail, also with `if not exists`.
      const create = `begin; select pg_advisory_xact_lock(hashtext('create schema')); create schema if not exists ${schema}; commit`;
      if (found.rowCount === 0) await pool.query(create);
    } catch (error) {
      await pool.end();
      throw error;
    }
    return new PostgresDatabase(pool);
  }

  async transaction<T>(work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const result = await work({
        query: (sql, values) => run(client, sql, values),
        script: async (sql) => void (await client.query(sql)),
        lock: async (name) =>
          void (await client.query(
            'select pg_advisory_xact_lock(hashtext(current_schema()), hashtext($1))',
            [name],
          )),
      });
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: unknown) => {
        broken = failure instanceof Error ? failure : new Error(String(failure));
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async query(sql: string, values?: readonly SqlValue[]): Promise<SqlResult> {
    return run(this.#pool, sql, values);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

async function run(
  on: Pool | PoolClient,
  sql: string,
  values: readonly SqlValue[] = [],
): Promise<SqlResult> {
  const result = await on.query<Record<string, unknown>>(sql, [...values]);
  const changed = result.command === 'SELECT' ? 0 : (result.rowCount ?? 0);
  return { rows: result.rows, changed };
}
