import { sampleCommit } from '@maestro/core/testing';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDuckDbTables } from '../src/tables/duckdb/open-duckdb-tables.ts';

const EVENTS = 200;
const logs = Array.from({ length: 200 }, (_, index) => {
  const ref = { tenant: 'acme', id: `01JB000000000000000000${String(index).padStart(4, '0')}` };
  return { ref, rows: sampleCommit(ref, null, { commitId: 'a.1', events: EVENTS }).commit.entries };
});

/** A disk of its own. @returns its folder; undefined where none may be mounted. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'maestro-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
}

const disk = smallDisk();
afterAll(() => {
  if (disk === undefined) return;
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
});

const reason = disk === undefined ? ' (skipped: no disk may be mounted here)' : '';
describe.skipIf(disk === undefined)(`DuckDB on a disk that is full${reason}`, () => {
  it('refuses what it cannot keep, and goes on by itself when there is room again', async () => {
    const file = path.join(disk ?? '', 'warehouse.duckdb');
    const tables = await openDuckDbTables(file);
    const refused: typeof logs = [];
    const reasons: string[] = [];
    for (const [index, { ref, rows }] of logs.entries()) {
      const work = async (): Promise<void> => {
        await tables.append(ref, 1, rows);
        if (index % 20 === 19) await tables.build();
      };
      await work().catch((error: unknown) => {
        reasons.push(String(error));
        refused.push({ ref, rows });
      });
      if (refused.length === 2) {
        // Not the first refusal alone: also the one of a database that has given up.
        refused.push(...logs.slice(index + 1));
        break;
      }
    }
    expect(reasons[0]).toMatch(/FATAL.*No space left on device/);
    execFileSync('mount', ['-o', 'remount,size=300m', disk ?? '']);
    for (const { ref, rows } of refused) await tables.append(ref, 1, rows);
    await tables.build();
    for (const { ref, rows } of logs) expect(await tables.readRange(ref, 1, 1_000)).toEqual(rows);
    const listed = await tables.list({ tenant: 'acme', limit: 10_000 });
    expect(listed.map(({ events }) => events)).toEqual(logs.map(() => EVENTS));
    await tables.close();
  }, 120_000);
});
