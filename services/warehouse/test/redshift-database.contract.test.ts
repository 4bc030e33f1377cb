import { findPostgres, startPostgres } from '@maestro/infra-dapr';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedshiftDatabase } from '../src/copy/redshift/redshift-database.ts';
import { accessTo } from './support/redshift-stand-in.ts';

const postgres = findPostgres();

describe.skipIf(!postgres.ok && process.env['CI'] === undefined)(
  'a connection to PostgreSQL, which stands in for Redshift',
  () => {
    let dataDir: string;
    let server: Awaited<ReturnType<typeof startPostgres>>;
    beforeAll(async () => {
      dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-redshift-'));
      server = await startPostgres({ dataDir });
    });
    afterAll(async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    });

    const opened = (queryTimeoutMs?: number): Promise<RedshiftDatabase> => {
      const access = accessTo(server.connectionString, 'maestro');
      return RedshiftDatabase.open(access, 'redshift://here', queryTimeoutMs);
    };

    it('does not wait for a statement that takes too long', async () => {
      const database = await opened(300);
      const beganAtMs = performance.now();
      const slow = database.transaction((mine) => mine.query('select pg_sleep(60)'));
      await expect(slow).rejects.toMatchObject({ code: 'warehouse.unavailable' });
      // It does not wait behind the other one.
      await expect(database.query('select 1')).rejects.toThrow(/closed/);
      await database.close();
      expect(performance.now() - beganAtMs).toBeLessThan(20_000);
    });

    it('tells a conflict from a statement that is refused, and repeats no values', async () => {
      const database = await opened();
      const raise = (message: string): Promise<unknown> =>
        database.transaction((mine) =>
          mine.query(`do $$ begin raise exception '${message}' using errcode = 'XX000'; end $$`),
        );
      await expect(raise('1023')).rejects.toMatchObject({ code: 'warehouse.unavailable' });
      await expect(raise('of another kind')).rejects.toThrow(
        /^redshift:\/\/here refuses a statement: error XX000$/,
      );
      const refused = database.transaction((mine) =>
        mine.query('select $1::varchar::bigint', ['a value']),
      );
      await expect(refused).rejects.toThrow(/^redshift:\/\/here refuses a statement: error 22P02$/);
      expect((await database.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      await database.close();
    });
  },
);
