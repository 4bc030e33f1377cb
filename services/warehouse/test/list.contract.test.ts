import { findPostgres, startPostgres } from '@maestro/infra-dapr';
import { openDuckDbTables, openPostgresTables } from '@maestro/warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe } from 'vitest';
import { listContract } from './support/list-contract.ts';

listContract('DuckDB', async () => {
  const tables = await openDuckDbTables(':memory:');
  return { tables, close: () => tables.close() };
});

const postgres = findPostgres();
if (!postgres.ok && process.env['CI'] === undefined) {
  describe.skip(`lists in PostgreSQL: ${postgres.reason}, ${postgres.fix}`, () => undefined);
} else {
  listContract('PostgreSQL', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-warehouse-'));
    const server = await startPostgres({ dataDir });
    const tables = await openPostgresTables(server.connectionString);
    return {
      tables,
      close: async () => {
        await tables.close();
        await server.stop();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  });
}
