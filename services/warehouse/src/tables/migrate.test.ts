import { afterEach, beforeEach, expect, it } from 'vitest';
import { DuckDbDatabase } from './duckdb/duckdb-database.ts';
import { migrate } from './migrate.ts';
import { sqlFile, sqlFiles } from './sql-files.ts';

let database: DuckDbDatabase;
beforeEach(async () => {
  database = await DuckDbDatabase.open(':memory:');
});
afterEach(() => database.close());

const first = sqlFile('common/001-a.sql', 'create table a (x integer); insert into a values (1);');
const second = sqlFile('common/002-b.sql', 'insert into a values (2);');

it('runs each file once, in order', async () => {
  expect(await migrate(database, [first], 0)).toEqual(['common/001-a.sql']);
  expect(await migrate(database, [first, second], 0)).toEqual(['common/002-b.sql']);
  expect(await migrate(database, [first, second], 0)).toEqual([]);
  const { rows } = await database.query('select x from a order by x');
  expect(rows).toEqual([{ x: 1 }, { x: 2 }]);
});

it('refuses a file that was changed after it had run, and runs none', async () => {
  await migrate(database, [first], 0);
  const changed = sqlFile(first.name, `${first.text} `);
  await expect(migrate(database, [changed, second], 0)).rejects.toMatchObject({
    code: 'config.invalid',
    message: expect.stringContaining('001-a.sql was changed') as string,
  });
  expect((await database.query('select x from a')).rows).toEqual([{ x: 1 }]);
});

it('refuses a database on which a newer release has run', async () => {
  await migrate(database, [first, second], 0);
  await expect(migrate(database, [first], 0)).rejects.toMatchObject({ code: 'config.invalid' });
});

it('leaves nothing of a run that failed', async () => {
  const broken = sqlFile('common/002-b.sql', 'insert into a values (2); select nonsense;');
  await expect(migrate(database, [first, broken], 0)).rejects.toThrow('nonsense');
  expect(await migrate(database, [first, second], 0)).toHaveLength(2);
});

it('reads line ends alike', () => {
  expect(sqlFile('x', 'a;\r\nb;').checksum).toBe(sqlFile('x', 'a;\nb;').checksum);
});

it('finds the files of several folders in the order of their numbers', () => {
  const names = sqlFiles('common', 'duckdb').map(({ name }) => name);
  expect(names.slice(0, 2)).toEqual(['duckdb/000-functions.sql', 'common/001-events.sql']);
});
