import { DICTIONARY, type ColumnEntry } from '@maestro/warehouse';
import { expect } from 'vitest';

type Query = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

const TYPES: Readonly<Record<string, ColumnEntry['type']>> = {
  varchar: 'text',
  'character varying': 'text',
  text: 'text',
  bigint: 'integer',
  integer: 'integer',
  double: 'double',
  'double precision': 'double',
  timestamp: 'instant',
  'timestamp without time zone': 'instant',
  date: 'date',
};

/** Compares a database's tables with the data dictionary: names, order, types, what may be null, keys. */
export async function expectDictionary(query: Query): Promise<void> {
  const columns = await query(
    `select table_name, column_name, data_type, character_maximum_length as length, is_nullable
     from information_schema.columns where table_schema = current_schema() order by table_name, ordinal_position`,
  );
  const keys = await query(
    `select table_name, column_name
     from information_schema.key_column_usage where table_schema = current_schema() order by table_name, ordinal_position`,
  );
  expect([...new Set(columns.map((row) => row['table_name']))]).toEqual(
    DICTIONARY.map(({ name }) => name).sort(),
  );
  for (const table of DICTIONARY) {
    const found = columns.filter((row) => row['table_name'] === table.name);
    const lengthsKnown = found.some(({ length }) => length !== null);
    expect(
      found.map((row) => ({
        name: row['column_name'],
        type: TYPES[String(row['data_type']).toLowerCase()] ?? row['data_type'],
        nullable: row['is_nullable'] === 'YES',
        length: row['length'] ?? undefined,
      })),
      table.name,
    ).toEqual(
      table.columns.map(({ name, type, nullable = false, length }) => ({
        name,
        type,
        nullable,
        length: lengthsKnown ? length : undefined,
      })),
    );
    expect(
      keys.filter((row) => row['table_name'] === table.name).map(({ column_name }) => column_name),
      table.name,
    ).toEqual(table.key);
  }
}
