import { isErasable, type KeyScanner, type ScannedHead, type StoreScanner } from '@maestro/core';
import { DatabaseSync } from '@photostructure/sqlite';
import { existsSync } from 'node:fs';
import { StoreNotFound } from './store-not-found.ts';
import { ERASED_BEGINNING, headPattern, PAGE_ROWS, scannedHead } from './scanned-row.ts';

interface Row {
  readonly key: string;
  readonly value: string;
}

/** Walks over the heads in the SQLite file of a `state.sqlite` component, read only and while Dapr works on it. */
export class SqliteScanner implements StoreScanner, KeyScanner {
  readonly #database: InstanceType<typeof DatabaseSync>;
  readonly #table: string;

  /**
   * @param file path of the file, as the component's connection string has it.
   * @throws StoreNotFound when it is not there or has no state table.
   */
  constructor(file: string, table = 'state') {
    if (!existsSync(file)) throw new StoreNotFound(`there is no SQLite file ${file}`);
    this.#database = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
    this.#table = `"${table.replaceAll('"', '""')}"`;
    const found = this.#database
      .prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?")
      .get(table);
    if (found === undefined) {
      this.#database.close();
      throw new StoreNotFound(`${file} has no table '${table}': is it the file of a state.sqlite?`);
    }
  }

  async *heads(
    options: { readonly tenant?: string; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ScannedHead, void> {
    const pattern = headPattern(options.tenant);
    // A page is a statement of its own, so that no reader keeps the write-ahead log from being folded in.
    const page = this.#database.prepare(
      `SELECT key, value FROM ${this.#table}
       WHERE key > ? AND key LIKE ? AND is_binary = 0
       ORDER BY key LIMIT ${PAGE_ROWS}`,
    );
    let after = '';
    for (;;) {
      options.signal?.throwIfAborted();
      const rows = page.all(after, pattern) as unknown as readonly Row[];
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
    const page = this.#database.prepare(
      `SELECT key FROM ${this.#table}
       WHERE key > ? AND key LIKE ? AND substr(value, 1, ${ERASED_BEGINNING.length}) <> ?
       ORDER BY key LIMIT ${PAGE_ROWS}`,
    );
    let after = '';
    for (;;) {
      signal?.throwIfAborted();
      const rows = page.all(after, `${tenant}:%`, ERASED_BEGINNING) as unknown as readonly Row[];
      yield rows.map(({ key }) => key).filter((key) => isErasable(tenant, key));
      const last = rows.at(-1);
      if (!last || rows.length < PAGE_ROWS) return;
      after = last.key;
    }
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}
