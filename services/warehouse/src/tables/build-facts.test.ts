import { WINDOW_CONTINUATIONS } from './build-facts.ts';
import { sqlFiles } from './sql-files.ts';
import { sampleCommit } from '@maestro/core/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DuckDbDatabase } from './duckdb/duckdb-database.ts';
import { SqlTables } from './sql-tables.ts';

const ref = { tenant: 'acme', id: '01JB0000000000000000000000' };
const { entries } = sampleCommit(ref, null, { commitId: 'host.1', events: 6 }).commit;

let database: DuckDbDatabase;
let tables: SqlTables;
beforeEach(async () => {
  database = await DuckDbDatabase.open(':memory:');
  tables = await SqlTables.open(database);
});
afterEach(() => tables.close());

const events = async (): Promise<unknown> =>
  (await database.query('select events from fact_continuation_lifecycle')).rows;

async function change(sql: string): Promise<void> {
  await database.transaction((transaction) => transaction.script(sql));
}

it('takes in what is new alone', async () => {
  await tables.append(ref, 1, entries.slice(0, 4));
  await tables.build();
  await change('update fact_continuation_lifecycle set events = 100');
  expect(await tables.build()).toEqual({ continuations: 0, events: 0 });
  await tables.append(ref, 5, entries.slice(4));
  expect(await tables.build()).toEqual({ continuations: 1, events: 2 });
  expect(await events()).toEqual([{ events: 102 }]);
  await tables.rebuild();
  expect(await events()).toEqual([{ events: 6 }]);
});

it('builds everything anew when it was built by other statements', async () => {
  await tables.append(ref, 1, entries);
  await tables.build();
  await change(
    `update fact_continuation_lifecycle set events = 100; update build_state set checksum = 'of another release'`,
  );
  expect(await tables.build()).toEqual({ continuations: 1, events: 6 });
  expect(await events()).toEqual([{ events: 6 }]);
  expect(await tables.build()).toEqual({ continuations: 0, events: 0 });
});

it('leaves everything as it was when a build fails, and goes on', async () => {
  await tables.append(ref, 1, entries.slice(0, 3));
  await tables.build();
  await tables.append(ref, 4, entries.slice(3));
  await change('alter table dim_recipe rename to dim_recipe_away');
  await expect(tables.build()).rejects.toThrow('dim_recipe');
  expect(await events()).toEqual([{ events: 3 }]);
  await change('alter table dim_recipe_away rename to dim_recipe');
  expect(await tables.build()).toEqual({ continuations: 1, events: 3 });
  expect(await events()).toEqual([{ events: 6 }]);
});

it('knows how much a transaction takes at most', () => {
  const [window] = sqlFiles('build');
  expect(window?.text).toContain(`limit ${WINDOW_CONTINUATIONS};`);
});
