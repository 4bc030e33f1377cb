import { setTimeout as delay } from 'node:timers/promises';
import { Client, DatabaseError, TypeOverrides, types } from 'pg';
import type {
  SqlDatabase,
  SqlResult,
  SqlTransaction,
  SqlValue,
} from '../../tables/sql-database.ts';
import type { CopyAccess } from '../copy-place.ts';
import { sqlStatements } from '../sql-statements.ts';
import { TargetRefusal } from '../target-refusal.ts';
import { targetUnavailable } from '../target-unavailable.ts';

const CONNECT_TIMEOUT_MS = 15_000;
/** A build of much, or waiting for another writer, takes its time. */
const QUERY_TIMEOUT_MS = 15 * 60_000;

/** How long a connection may take to end, in ms. */
const END_TIMEOUT_MS = 2_000;

/** SQLSTATE classes of what may go well next time: connection, conflict, resources, operator's intervention, the system. */
const AWAY = /^(08|40|53|57|58)/;

/** Redshift's own number of a conflict: two transactions cannot have run one after the other. */
const CONFLICT = /\b1023\b/;

/** Whether what the server refuses now it may take next time. */
function isAway({ code = '', message }: DatabaseError): boolean {
  return AWAY.test(code) || (code === 'XX000' && CONFLICT.test(message));
}

/** Tables that stand for locks: Redshift has no others. Two that make tables at once fail, and try again. */
const LOCKED: Readonly<Record<string, string | null>> = {
  schema_migration: null,
  load: 'event_end',
  build: 'build_state',
};

/** One connection to Amazon Redshift, which speaks PostgreSQL's protocol. */
export class RedshiftDatabase implements SqlDatabase {
  readonly dialect = 'redshift';
  readonly #client: Client;
  readonly #name: string;

  private constructor(client: Client, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** @throws MaestroError `warehouse.unavailable` */
  static async open(
    access: CopyAccess & { readonly schema: string },
    name: string,
    queryTimeoutMs = QUERY_TIMEOUT_MS,
  ): Promise<RedshiftDatabase> {
    const { host, port, database, user, password, tls, schema } = access;
    const numbers = new TypeOverrides();
    numbers.setTypeParser(types.builtins.INT8, Number);
    numbers.setTypeParser(types.builtins.NUMERIC, Number);
    const client = new Client({
      host,
      port,
      database,
      user,
      password,
      ssl: tls ? { rejectUnauthorized: true } : false,
      types: numbers,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: queryTimeoutMs,
      keepAlive: true,
    });
    // A connection that breaks while idle makes the next query fail; that is where it is told.
    client.on('error', () => undefined);
    const opened = new RedshiftDatabase(client, name);
    try {
      await client.connect();
      await client.query(`create schema if not exists ${schema}`);
      await client.query(`set search_path to ${schema}`);
    } catch (error) {
      await opened.close();
      throw targetUnavailable(name, error);
    }
    return opened;
  }

  async transaction<T>(work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    await this.query('begin');
    try {
      const result = await work({
        query: (sql, values) => this.query(sql, values),
        script: async (sql) => {
          for (const statement of sqlStatements(sql)) await this.query(statement);
        },
        lock: async (name) => {
          const table = LOCKED[name];
          if (table === undefined) throw new TypeError(`there is no lock ${name}`);
          if (table !== null) await this.query(`lock table ${table}`);
        },
      });
      await this.query('commit');
      return result;
    } catch (error) {
      await this.query('rollback').catch(() => undefined);
      throw error;
    }
  }

  /** @throws MaestroError `warehouse.unavailable` unless the server has refused the statement. */
  async query(sql: string, values: readonly SqlValue[] = []): Promise<SqlResult> {
    try {
      const result = await this.#client.query<Record<string, unknown>>(sql, [...values]);
      const changed = result.command === 'SELECT' ? 0 : (result.rowCount ?? 0);
      return { rows: result.rows, changed };
    } catch (error) {
      // The server may still be at it, and would answer nothing else before it has ended.
      if (!(error instanceof DatabaseError)) await this.close();
      else if (!isAway(error)) throw new TargetRefusal(this.#name, error.code);
      throw targetUnavailable(this.#name, error);
    }
  }

  async close(): Promise<void> {
    const ended = this.#client.end().catch(() => undefined);
    await Promise.race([ended, delay(END_TIMEOUT_MS, undefined, { ref: false })]);
  }
}
