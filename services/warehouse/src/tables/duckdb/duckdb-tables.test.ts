import { sampleCommit } from '@maestro/core/testing';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDuckDbTables } from './open-duckdb-tables.ts';

const ref = { tenant: 'acme', id: '01JB0000000000000000000000' };
const { entries } = sampleCommit(ref, null, { commitId: 'host.1', events: 400 }).commit;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'maestro-duckdb-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('has on the disk what it has taken, should the process end at once', async () => {
  const tables = await openDuckDbTables(path.join(folder, 'live.duckdb'));
  const found: [number, number][] = [];
  for (let from = 1; from <= entries.length; from += 80) {
    await tables.append(ref, from, entries.slice(from - 1, from + 79));
    // The files as a killed process would leave them.
    const copy = path.join(folder, `killed-${from}`);
    for (const file of await readdir(folder)) {
      if (!file.startsWith('live.duckdb')) continue;
      await copyFile(path.join(folder, file), `${copy}${file.slice('live'.length)}`);
    }
    const reopened = await openDuckDbTables(`${copy}.duckdb`);
    found.push([await reopened.position(ref), (await reopened.readRange(ref, 1, 1_000)).length]);
    await reopened.append(ref, from + 80, entries.slice(from + 79, from + 81));
    await reopened.close();
  }
  await tables.close();
  expect(found).toEqual([80, 160, 240, 320, 400].map((events) => [events, events]));
});

it('keeps nothing when it is in memory', async () => {
  for (const position of [0, 0]) {
    const tables = await openDuckDbTables(':memory:');
    expect(await tables.position(ref)).toBe(position);
    await tables.append(ref, 1, entries.slice(0, 3));
    expect(await tables.position(ref)).toBe(3);
    await tables.close();
  }
});
