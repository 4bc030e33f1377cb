import { DatabaseSync } from '@photostructure/sqlite';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { SqliteScanner } from './sqlite-scanner.ts';

it('names a file that is not there, or is not a state store', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'maestro-scan-'));
  const file = path.join(folder, 'state.db');
  expect(() => new SqliteScanner(file)).toThrow(file);
  new DatabaseSync(file).close();
  expect(() => new SqliteScanner(file)).toThrow("no table 'state'");
  await rm(folder, { recursive: true });
});
