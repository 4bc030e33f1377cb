import { findPostgres, startPostgres } from '@maestro/infra-dapr';
import { openDuckDbTables, openPostgresTables } from '@maestro/warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { eventColumns } from '../src/tables/event-columns.ts';
import { insertEvents } from '../src/tables/event-table.ts';
import { PostgresDatabase } from '../src/tables/postgres/postgres-database.ts';
import { sampleLog } from './support/sample-log.ts';
import { tablesContract } from './support/tables-contract.ts';

tablesContract('DuckDB', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'maestro-duckdb-'));
  return {
    open: (name = 'warehouse') => openDuckDbTables(path.join(folder, `${name}.duckdb`)),
    close: () => rm(folder, { recursive: true, force: true }),
  };
});

const postgres = findPostgres();
if (!postgres.ok && process.env['CI'] === undefined) {
  describe.skip(`tables in PostgreSQL: ${postgres.reason}, ${postgres.fix}`, () => undefined);
} else {
  tablesContract('PostgreSQL', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-warehouse-'));
    const server = await startPostgres({ dataDir });
    return {
      open: (schema = 'maestro') => openPostgresTables(server.connectionString, { schema }),
      close: async () => {
        await server.stop();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  });

  it('tables in PostgreSQL outlive connections that are cut at any time', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-warehouse-'));
    const server = await startPostgres({ dataDir });
    const tables = await openPostgresTables(server.connectionString);
    const operator = new Client({ connectionString: server.connectionString });
    operator.on('error', () => undefined);
    await operator.connect();
    const logs = Array.from({ length: 40 }, () => sampleLog(40));
    let cut = 0;
    await Promise.all([
      ...logs.map(async ({ ref, rows }) => {
        for (;;) {
          const from = (await tables.position(ref).catch(() => undefined)) ?? 0;
          if (from === rows.length) return;
          await tables.append(ref, from + 1, rows.slice(from, from + 2)).catch(() => undefined);
        }
      }),
      (async () => {
        for (let round = 0; round < 10; round++) {
          await new Promise((resolve) => setTimeout(resolve, 30));
          const { rowCount } = await operator.query(
            `select pg_terminate_backend(pid) from pg_stat_activity
             where backend_type = 'client backend' and pid <> pg_backend_pid()`,
          );
          cut += rowCount ?? 0;
        }
      })(),
    ]);
    expect(cut).toBeGreaterThan(3);
    for (const { ref, rows } of logs) {
      expect(await tables.readRange(ref, 1, 100)).toEqual(rows);
    }
    await operator.end();
    await tables.close();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('tables in PostgreSQL are emptied when a writer that has looked at them has committed', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-warehouse-'));
    const server = await startPostgres({ dataDir });
    const tables = await openPostgresTables(server.connectionString);
    const writer = await PostgresDatabase.open(server.connectionString);
    const { ref, rows } = sampleLog(6);
    await tables.append(ref, 1, rows.slice(0, 3));
    let clearing: Promise<boolean> | undefined;
    await writer.transaction(async (transaction) => {
      await transaction.query('select sequence from event_end');
      clearing = tables.clear({ name: 'rebuild', expected: undefined, value: 'a reading' });
      await new Promise((resolve) => setTimeout(resolve, 300));
      const events = eventColumns(ref, 4, rows.slice(3));
      await insertEvents(transaction, events, new Date().toISOString());
    });
    expect(await clearing).toBe(true);
    expect(await tables.ends()).toEqual([]);
    expect(await tables.readRange(ref, 1, 100)).toEqual([]);
    await tables.append(ref, 1, rows);
    expect(await tables.readRange(ref, 1, 100)).toEqual(rows);
    await writer.close();
    await tables.close();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
}
