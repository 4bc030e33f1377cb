import { DuckDBInstance } from '@duckdb/node-api';
import { findPostgres, startPostgres } from '@maestro/infra-dapr';
import { openDuckDbTables, openPostgresTables } from '@maestro/warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, TypeOverrides, types } from 'pg';
import { describe } from 'vitest';
import { factsContract } from './support/facts-contract.ts';
import { rebuildContract } from './support/rebuild-contract.ts';

const inDuckDb = async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'maestro-duckdb-'));
  let made = 0;
  return {
    fresh: async () => {
      const file = path.join(folder, `${made++}.duckdb`);
      const tables = await openDuckDbTables(file);
      const instance = await DuckDBInstance.fromCache(file);
      const connection = await instance.connect();
      return {
        tables,
        query: async (sql: string) => {
          const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
          return rows.map((row) =>
            Object.fromEntries(
              Object.entries(row).map(([name, value]) => [name, numberOf(value) ?? value]),
            ),
          );
        },
        run: async (sql: string) => void (await connection.run(sql)),
        close: async () => {
          connection.closeSync();
          instance.closeSync();
          await tables.close();
        },
      };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
};
factsContract('DuckDB', inDuckDb);
rebuildContract('DuckDB', inDuckDb);

/** DuckDB's JSON has whole numbers of 64 bits as texts. */
function numberOf(value: unknown): number | undefined {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

const inPostgres = async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-warehouse-'));
  const server = await startPostgres({ dataDir });
  const plain = new TypeOverrides();
  plain.setTypeParser(types.builtins.INT8, Number);
  plain.setTypeParser(types.builtins.TIMESTAMP, String);
  plain.setTypeParser(types.builtins.DATE, String);
  let made = 0;
  return {
    fresh: async () => {
      const schema = `facts_${made++}`;
      const tables = await openPostgresTables(server.connectionString, { schema });
      const client = new Client({
        connectionString: server.connectionString,
        types: plain,
        options: `-c search_path=${schema}`,
      });
      // It may still see the server stop.
      client.on('error', () => undefined);
      await client.connect();
      return {
        tables,
        query: async (sql: string) => (await client.query<Record<string, unknown>>(sql)).rows,
        run: async (sql: string) => void (await client.query(sql)),
        close: async () => {
          await client.end();
          await tables.close();
        },
      };
    },
    close: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

const postgres = findPostgres();
if (!postgres.ok && process.env['CI'] === undefined) {
  describe.skip(`facts in PostgreSQL: ${postgres.reason}, ${postgres.fix}`, () => undefined);
} else {
  factsContract('PostgreSQL', inPostgres);
  rebuildContract('PostgreSQL', inPostgres);
}
