import { findPostgres, startPostgres } from '@maestro/infra-dapr';
import { copyPlaceOf } from '@maestro/warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, TypeOverrides, types } from 'pg';
import { describe } from 'vitest';
import type { CopyAccess } from '../src/copy/copy-place.ts';
import { RedshiftTarget, type RedshiftFiles } from '../src/copy/redshift/redshift-target.ts';
import { copyContract, type CopyPlaceUnderTest } from './support/copy-contract.ts';
import { accessTo, standInFiles } from './support/redshift-stand-in.ts';

/** Looks at a place by a connection of its own. */
async function placeAt(
  access: CopyAccess & { readonly schema: string },
  files?: RedshiftFiles,
): Promise<CopyPlaceUnderTest & { readonly client: Client }> {
  const { schema, tls, ...server } = access;
  const plain = new TypeOverrides();
  plain.setTypeParser(types.builtins.INT8, Number);
  const client = new Client({ ...server, ssl: tls, types: plain });
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`create schema if not exists ${schema}`);
  await client.query(`set search_path to ${schema}`);
  const query = async (sql: string) => (await client.query<Record<string, unknown>>(sql)).rows;
  return {
    client,
    query,
    target: async () => new RedshiftTarget(access, files),
    rowsOf: async ({ tenant, id }) => {
      const parts = await query(
        `select sequence, row_part from event_part where tenant = '${tenant}' and continuation = '${id}' order by sequence, part`,
      );
      const rows = new Map<unknown, string>();
      for (const { sequence, row_part: part } of parts) {
        rows.set(sequence, `${rows.get(sequence) ?? ''}${String(part)}`);
      }
      return [...rows.values()];
    },
    close: async () => {
      await client.query(`drop schema ${schema} cascade`);
      await client.end();
    },
  };
}

const postgres = findPostgres();
if (!postgres.ok && process.env['CI'] === undefined) {
  describe.skip(`a copy in PostgreSQL, which stands in for Redshift: ${postgres.reason}, ${postgres.fix}`, () =>
    undefined);
} else {
  copyContract('PostgreSQL, which stands in for Redshift', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-redshift-'));
    const server = await startPostgres({ dataDir });
    const place = await placeAt(accessTo(server.connectionString, 'maestro'), standInFiles());
    return {
      ...place,
      cut: async () => {
        await place.client.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where backend_type = 'client backend' and pid <> pg_backend_pid()`,
        );
      },
      close: async () => {
        await place.close();
        await server.stop();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  });
}

const real = process.env['MAESTRO_TEST_REDSHIFT_URL'];
if (real === undefined) {
  describe.skip('a copy in Redshift itself: MAESTRO_TEST_REDSHIFT_URL names none', () => undefined);
} else {
  copyContract('Redshift', async () => {
    const variable = 'MAESTRO_TEST_REDSHIFT_URL';
    const place = copyPlaceOf(real, process.env[`${variable}_PASSWORD`], variable);
    if (!('redshift' in place)) throw new TypeError(`${variable} is not of Redshift`);
    return placeAt({ ...place.redshift, schema: `maestro_test_${Date.now()}` });
  });
}
