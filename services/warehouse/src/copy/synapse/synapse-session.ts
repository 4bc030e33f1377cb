import {
  Connection,
  ISOLATION_LEVEL,
  Request,
  RequestError,
  TYPES,
  type ConnectionOptions,
} from 'tedious';
import type { SqlResult, SqlRow } from '../../tables/sql-database.ts';
import type { CopyAccess } from '../copy-place.ts';
import { TargetRefusal } from '../target-refusal.ts';
import { targetUnavailable } from '../target-unavailable.ts';

const CONNECT_TIMEOUT_MS = 30_000;
/** A build of much, or waiting for another writer, takes its time. */
const REQUEST_TIMEOUT_MS = 15 * 60_000;

/** Numbers of errors that may not come again: a deadlock, too many requests, a pool that is pausing or scaling. */
const AWAY = new Set([1205, 10928, 10929, 40197, 40501, 40613, 49918, 49919, 49920]);

/** Settings of a session that the driver would change. A dedicated pool has them as they are to be, and refuses to hear some of them. */
const LEFT_ALONE = Object.fromEntries(
  [
    'abortTransactionOnError',
    'dateFormat',
    'datefirst',
    'enableAnsiNull',
    'enableAnsiNullDefault',
    'enableAnsiPadding',
    'enableAnsiWarnings',
    'enableArithAbort',
    'enableConcatNullYieldsNull',
    'enableCursorCloseOnCommit',
    'enableImplicitTransactions',
    'enableNumericRoundabort',
    'enableQuotedIdentifier',
    'language',
  ].map((name) => [name, null]),
);

/** A parameter of a statement, `@name`. */
export interface Parameter {
  readonly name: string;
  readonly value: string | number;
}

/** One connection to a dedicated SQL pool of Azure Synapse, for one statement after the other. */
export class SynapseSession {
  readonly #connection: Connection;
  readonly #name: string;

  private constructor(connection: Connection, name: string) {
    this.#connection = connection;
    this.#name = name;
  }

  /** @throws MaestroError `warehouse.unavailable` */
  static async open(access: CopyAccess, name: string): Promise<SynapseSession> {
    const { host, port, database, user, password, tls } = access;
    const options: ConnectionOptions = {
      ...LEFT_ALONE,
      appName: 'maestro',
      port,
      database,
      encrypt: tls,
      trustServerCertificate: false,
      connectTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      // The only one that it takes.
      connectionIsolationLevel: ISOLATION_LEVEL['READ_UNCOMMITTED'] ?? 1,
      rowCollectionOnRequestCompletion: true,
    };
    const connection = new Connection({
      server: host,
      authentication: { type: 'default', options: { userName: user, password } },
      options,
    });
    // A connection that breaks while idle makes the next statement fail; that is where it is told.
    connection.on('error', () => undefined);
    await new Promise<void>((resolve, reject) => {
      connection.connect((error) => {
        if (error) reject(targetUnavailable(name, error));
        else resolve();
      });
    });
    return new SynapseSession(connection, name);
  }

  /** A statement without parameters, which may make tables of the session. */
  async batch(sql: string): Promise<SqlResult> {
    return this.#request(sql, (request) => this.#connection.execSqlBatch(request));
  }

  /** A statement with parameters; what it makes is gone when it ends. */
  async execute(sql: string, parameters: readonly Parameter[]): Promise<SqlResult> {
    return this.#request(sql, (request) => {
      for (const { name, value } of parameters) {
        request.addParameter(
          name,
          typeof value === 'number' ? TYPES.BigInt : TYPES.NVarChar,
          value,
        );
      }
      this.#connection.execSql(request);
    });
  }

  close(): void {
    this.#connection.close();
  }

  /** @throws MaestroError `warehouse.unavailable` unless the server has refused the statement. */
  async #request(sql: string, send: (request: Request) => void): Promise<SqlResult> {
    try {
      return await new Promise<SqlResult>((resolve, reject) => {
        const request = new Request(sql, (error, changed, rows: unknown) => {
          if (error) reject(error);
          else resolve({ rows: rowsOf(rows), changed: changed ?? 0 });
        });
        send(request);
      });
    } catch (error) {
      if (error instanceof RequestError && error.number !== undefined && !AWAY.has(error.number)) {
        throw new TargetRefusal(this.#name, error.number);
      }
      throw targetUnavailable(this.#name, error);
    }
  }
}

interface Cell {
  readonly metadata: { readonly colName: string };
  readonly value: unknown;
}

function rowsOf(rows: unknown): SqlRow[] {
  return (rows as readonly (readonly Cell[])[]).map((row) =>
    Object.fromEntries(row.map(({ metadata, value }) => [metadata.colName, value])),
  );
}
