import { isErasable, type KeyScanner, type ScannedHead, type StoreScanner } from '@maestro/core';
import { escapeIdentifier, Pool, type QueryResult } from 'pg';
import { ERASED_BEGINNING, headPattern, PAGE_ROWS, scannedHead } from './scanned-row.ts';

interface Row {
  readonly key: string;
  readonly value: string;
}

/** Walks over the heads in the table of a `state.postgresql` v2 component (`state`, with the value as bytes). */
export class PostgresScanner implements StoreScanner, KeyScanner {
  readonly #pool: Pool;
  readonly #table: string;

  /**
   * @param url a `postgres://` URL, as the component's connection string has it.
   * @param table the component's `tablePrefix`, if it has one, and `state`.
   */
  constructor(url: string, table = 'state') {
    this.#pool = new Pool({
      connectionString: url,
      max: 1,
      connectionTimeoutMillis: 10_000,
      // A connection that has died without a word must not hold a walk up for ever.
      query_timeout: 60_000,
      keepAlive: true,
    });
    // A connection that breaks while idle makes the next query fail; that is where it is told.
    this.#pool.on('error', () => undefined);
    this.#table = table
      .split('.')
      .map((part) => escapeIdentifier(part))
      .join('.');
  }

  async *heads(
    options: { readonly tenant?: string; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ScannedHead, void> {
    let after = '';
    for (;;) {
      options.signal?.throwIfAborted();
      const { rows } = await this.#query(
        `SELECT key, convert_from(value, 'UTF8') AS value FROM ${this.#table}
         WHERE key > $1 AND key LIKE $2 ORDER BY key LIMIT ${PAGE_ROWS}`,
        [after, headPattern(options.tenant)],
      );
      for (const { key, value } of rows) {
        const head = scannedHead(key, value);
        if (head) yield head;
      }
      const last = rows.at(-1);
      if (!last || rows.length < PAGE_ROWS) return;
      after = last.key;
    }
  }

  async *keys(tenant: string, signal?: AbortSignal): AsyncGenerator<readonly string[], void> {
    let after = '';
    for (;;) {
      signal?.throwIfAborted();
      const { rows } = await this.#query(
        `SELECT key, '' AS value FROM ${this.#table}
         WHERE key > $1 AND key LIKE $2
           AND substring(value FROM 1 FOR ${ERASED_BEGINNING.length}) <> convert_to($3, 'UTF8')
         ORDER BY key LIMIT ${PAGE_ROWS}`,
        [after, `${tenant}:%`, ERASED_BEGINNING],
      );
      yield rows.map(({ key }) => key).filter((key) => isErasable(tenant, key));
      const last = rows.at(-1);
      if (!last || rows.length < PAGE_ROWS) return;
      after = last.key;
    }
  }

  async #query(text: string, values: readonly string[]): Promise<QueryResult<Row>> {
    try {
      return await this.#pool.query<Row>(text, [...values]);
    } catch (error) {
      // The message of a refused connection is empty; the URL, with its password, is in none.
      const { code = '', message = '' } = error as { code?: string; message?: string };
      throw new Error(`PostgreSQL cannot be read: ${message === '' ? code : message}`, {
        cause: error,
      });
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}
