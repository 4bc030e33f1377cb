import { findPostgres, startPostgres } from '@maestro/infra-dapr';
import { openDuckDbTables, openPostgresTables } from '@maestro/warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe } from 'vitest';
import { figuresContract } from './support/figures-contract.ts';

figuresContract('DuckDB', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'maestro-duckdb-'));
  let made = 0;
  return {
    fresh: (nowMs) => openDuckDbTables(path.join(folder, `${made++}.duckdb`), { nowMs }),
    close: () => rm(folder, { recursive: true, force: true }),
  };
});

const postgres = findPostgres();
if (!postgres.ok && process.env['CI'] === undefined) {
  describe.skip(`figures in PostgreSQL: ${postgres.reason}, ${postgres.fix}`, () => undefined);
} else {
  figuresContract('PostgreSQL', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-warehouse-'));
    const server = await startPostgres({ dataDir });
    let made = 0;
    return {
      fresh: (nowMs) =>
        openPostgresTables(server.connectionString, { schema: `figures_${made++}`, nowMs }),
      close: async () => {
        await server.stop();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  });
}
