import { expect, it } from 'vitest';
import { DuckDbDatabase } from './duckdb-database.ts';

it('never looks rows of a short list up by their row ids, on whatever connection', async () => {
  const database = await DuckDbDatabase.open(':memory:');
  const plan = async (): Promise<string> => {
    const { rows } = await database.query(
      'explain select name, amount, more from thing where name is not null order by amount desc limit 8',
    );
    return String(rows[0]?.['explain_value']);
  };
  await database.transaction((transaction) =>
    transaction.script(
      `create table thing as select 'n' || n as name, n as amount, 'more' as more from range(100000) as all_of(n)`,
    ),
  );
  for (const text of await Promise.all([plan(), plan()])) {
    expect(text).toContain('TOP_N');
    expect(text).not.toContain('rowid');
  }
  await database.close();
});
