import type { ScannedHead } from '@maestro/core';
import { DatabaseSync } from '@photostructure/sqlite';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SqliteScanner } from './sqlite-scanner.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'maestro-scan-'));
  file = path.join(folder, 'state.db');
});
afterEach(() => rm(folder, { recursive: true }));

/** A table as Dapr makes it, with rows as it writes them. */
function fill(rows: readonly (readonly [key: string, value: unknown])[]): void {
  const database = new DatabaseSync(file);
  database.exec(`CREATE TABLE state (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL,
    is_binary BOOLEAN NOT NULL, etag TEXT NOT NULL, expiration_time TIMESTAMP DEFAULT NULL,
    update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)`);
  const insert = database.prepare(
    "INSERT INTO state (key, value, is_binary, etag) VALUES (?, ?, 0, 'e')",
  );
  database.exec('BEGIN');
  for (const [key, value] of rows) insert.run(key, JSON.stringify(value));
  database.exec('COMMIT');
  database.close();
}

async function scan(tenant?: string): Promise<ScannedHead[]> {
  const scanner = new SqliteScanner(file);
  const heads: ScannedHead[] = [];
  for await (const head of scanner.heads(tenant === undefined ? {} : { tenant })) heads.push(head);
  await scanner.close();
  return heads;
}

it('finds the heads and nothing else, by tenant if asked to', async () => {
  fill([
    ['acme:A:head', '{"status":"sleeping"}'],
    ['acme:A:log:000000000001', '{}'],
    ['acme:A:snap:000000000100', '{}'],
    ['acme-2:B:head', '{"status":"running"}'],
    ['something:else:of:head', '{}'],
    ['acme:C:head', { not: 'ours' }],
  ]);
  expect(await scan()).toEqual([
    { ref: { tenant: 'acme-2', id: 'B' }, head: '{"status":"running"}' },
    { ref: { tenant: 'acme', id: 'A' }, head: '{"status":"sleeping"}' },
  ]);
  expect((await scan('acme')).map(({ ref }) => ref.id)).toEqual(['A']);
});

it('walks over more than a page', async () => {
  const ids = Array.from({ length: 1203 }, (_, index) => String(index).padStart(5, '0'));
  fill(ids.map((id) => [`acme:${id}:head`, '{}'] as const));
  expect((await scan()).map(({ ref }) => ref.id)).toEqual(ids);
});

it('names a file that is not there, or is not a state store', () => {
  expect(() => new SqliteScanner(path.join(folder, 'nowhere.db'))).toThrow('nowhere.db');
  new DatabaseSync(file).close();
  expect(() => new SqliteScanner(file)).toThrow("no table 'state'");
});
