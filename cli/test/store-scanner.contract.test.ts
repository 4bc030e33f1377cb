import { findPostgres, startPostgres } from '@maestro/infra-dapr';
import { DatabaseSync } from '@photostructure/sqlite';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Pool } from 'pg';
import { describe } from 'vitest';
import { PostgresScanner, SqliteScanner } from 'maestro';
import { scannerContract } from './support/scanner-contract.ts';

scannerContract('state.sqlite', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'maestro-scan-'));
  const file = path.join(folder, 'state.db');
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA journal_mode = WAL; CREATE TABLE state (
    key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, is_binary BOOLEAN NOT NULL,
    etag TEXT NOT NULL, expiration_time TIMESTAMP DEFAULT NULL,
    update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)`);
  return {
    write: async (rows) => {
      database.exec('DELETE FROM state; BEGIN');
      const insert = database.prepare(
        "INSERT INTO state (key, value, is_binary, etag) VALUES (?, ?, 0, 'e')",
      );
      for (const [key, value] of rows) insert.run(key, JSON.stringify(value));
      database.exec('COMMIT');
    },
    open: () => new SqliteScanner(file),
    close: async () => {
      database.close();
      await rm(folder, { recursive: true });
    },
  };
});

const postgres = findPostgres();
if (!postgres.ok && process.env['CI'] === undefined) {
  describe.skip(`the scanner of state.postgresql: ${postgres.reason}, ${postgres.fix}`, () =>
    undefined);
} else {
  scannerContract('state.postgresql', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-scan-'));
    const server = await startPostgres({ dataDir });
    const pool = new Pool({ connectionString: server.connectionString });
    // `pool.end()` does not wait for its connections, so they may still see the server stop.
    pool.on('error', () => undefined);
    await pool.query(`CREATE TABLE state (key text NOT NULL PRIMARY KEY, value bytea NOT NULL,
      etag uuid NOT NULL DEFAULT gen_random_uuid(),
      created_at timestamp with time zone NOT NULL DEFAULT now(),
      updated_at timestamp with time zone, expires_at timestamp with time zone)`);
    return {
      write: async (rows) => {
        await pool.query('TRUNCATE state');
        await pool.query(
          `INSERT INTO state (key, value)
           SELECT key, convert_to(value, 'UTF8') FROM unnest($1::text[], $2::text[]) AS row (key, value)`,
          [rows.map(([key]) => key), rows.map(([, value]) => JSON.stringify(value))],
        );
      },
      open: () => new PostgresScanner(server.connectionString),
      close: async () => {
        await pool.end();
        await server.stop();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  });
}
