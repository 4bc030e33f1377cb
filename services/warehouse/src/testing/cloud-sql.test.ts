import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloudTables } from './cloud-tables.ts';
import { synapseBuild } from './synapse-build.ts';

const folder = path.resolve(import.meta.dirname, '../../../../eval/sql');
const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');
const files = (below: string): string[] =>
  readdirSync(path.join(folder, below))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => `${below}/${file}`);
const statements = (file: string): string => read(file).replaceAll(/--.*$/gm, '');

describe('eval/sql/redshift and eval/sql/synapse (write them by `npx vitest run --project unit cloud-sql --update`)', () => {
  it.each(['redshift', 'synapse'] as const)('%s has the tables of the dictionary', async (name) => {
    await expect(cloudTables(name)).toMatchFileSnapshot(`${folder}/${name}/001-tables.sql`);
  });

  it.each(files('build'))('synapse has %s in its own SQL', async (file) => {
    await expect(synapseBuild(read(file))).toMatchFileSnapshot(`${folder}/synapse/${file}`);
  });
});

describe('what no statement may use', () => {
  it.each([
    ...files('redshift'),
    ...files('redshift/load'),
    ...files('redshift/build'),
    ...files('build'),
  ])('Redshift, %s', (file) => {
    expect(statements(file)).not.toMatch(
      /on conflict|jsonb|\bunnest\b|\btext\b|generate_series|create index|returning|isodow|isoyear|filter \(/i,
    );
  });

  it.each([...files('synapse'), ...files('synapse/load'), ...files('synapse/build')])(
    'Synapse, %s',
    (file) => {
      expect(statements(file)).not.toMatch(
        /on conflict|::|\blimit\b|\btemp table\b|\btimestamp\b|\bboolean\b|split_part|extract\(|\btrue\b(?!')|\bfalse\b|drop table if|\btext\b/i,
      );
    },
  );
});

it('every dialect takes the same members out of payloads', () => {
  const members = ['duckdb', 'postgres', 'redshift', 'synapse'].map((dialect) => {
    const sql = statements(`${dialect}/build/20-events.sql`);
    const list = sql.slice(sql.indexOf('select'), sql.search(/^from/m));
    const names = list
      .replaceAll(/'[^']*'/g, "''")
      .replaceAll(/\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/g, '()')
      .split(',')
      .map((column) => /(\w+)\W*$/.exec(column.trim())?.[1]);
    return { dialect, names };
  });
  const [first] = members;
  expect(first?.names).toContain('born_asleep');
  for (const { dialect, names } of members) expect(names, dialect).toEqual(first?.names);
});
