import { DICTIONARY } from '../dictionary/dictionary.ts';
import { LIST_TABLES } from '../dictionary/list-tables.ts';
import type { ColumnEntry, TableEntry } from '../dictionary/table-entry.ts';

/** How a warehouse of a cloud makes a table that the data dictionary tells of. */
interface CloudDialect {
  readonly about: string;
  type(column: ColumnEntry): string;
  columns(table: TableEntry): readonly ColumnEntry[];
  /** After the columns' own brackets. */
  ending(table: TableEntry): string;
  key(table: TableEntry): string;
}

/** Longest VARCHAR of Redshift, in bytes; a character takes at most four. */
const REDSHIFT_VARCHAR_BYTES = 65_535;

const ROW_DATA: ColumnEntry = { name: 'row_data', type: 'text', meaning: 'the row as JSON' };

/** Where Redshift keeps the bytes of rows. */
const EVENT_PART: TableEntry = {
  name: 'event_part',
  purpose: 'The bytes of rows, in parts.',
  key: ['tenant', 'continuation', 'sequence', 'part'],
  columns: [
    ...(DICTIONARY.find(({ name }) => name === 'event')?.columns ?? []).filter(({ name }) =>
      ['tenant', 'continuation', 'sequence'].includes(name),
    ),
    { name: 'part', type: 'integer', meaning: 'from 1' },
    { name: 'row_part', type: 'text', length: REDSHIFT_VARCHAR_BYTES, meaning: 'a part' },
  ],
};

const redshift: CloudDialect = {
  about:
    'Keys tell the planner, nothing enforces them. VARCHAR counts bytes. A row of the log is kept as SUPER for building, and its bytes in event_part.',
  type: ({ name, type, length }) => {
    if (name === ROW_DATA.name) return 'super';
    const bytes = Math.min((length ?? REDSHIFT_VARCHAR_BYTES) * 4, REDSHIFT_VARCHAR_BYTES);
    const types = { integer: 'bigint', double: 'float8', instant: 'timestamp', date: 'date' };
    return type === 'text' ? `varchar(${bytes})` : types[type];
  },
  columns: ({ columns }) =>
    columns.map((column) => (column.name === 'row_text' ? ROW_DATA : column)),
  ending: ({ columns, key }) => {
    const spread = columns.some(({ name }) => name === 'continuation');
    return `${spread ? 'distkey (continuation)' : 'diststyle all'} sortkey (${key.join(', ')})`;
  },
  key: ({ key }) => `primary key (${key.join(', ')})`,
};

const synapse: CloudDialect = {
  about:
    'Keys tell the planner, nothing enforces them. Columnstores take no VARCHAR(MAX), so tables have clustered indexes. The pool must have been created with a collation of UTF-8 that compares by bytes: Latin1_General_100_BIN2_UTF8.',
  type: ({ type, length }) => {
    const types = { integer: 'bigint', double: 'float', instant: 'datetime2(3)', date: 'date' };
    if (type !== 'text') return types[type];
    return length === undefined || length * 4 > 8_000 ? 'varchar(max)' : `varchar(${length * 4})`;
  },
  columns: ({ columns }) => columns,
  ending: ({ columns, key }) => {
    const spread = columns.some(({ name }) => name === 'continuation');
    return spread
      ? `with (clustered index (${key.join(', ')}), distribution = hash(continuation))`
      : 'with (heap, distribution = replicate)';
  },
  key: ({ key }) => `primary key nonclustered (${key.join(', ')}) not enforced`,
};

/** What a copy is without, and what a program makes before any file runs. */
const NOT_BY_FILE = ['copy_end', 'schema_migration', ...LIST_TABLES.map(({ name }) => name)];

/** The statements that make the tables in the warehouse of a cloud. */
export function cloudTables(name: 'redshift' | 'synapse'): string {
  const dialect = { redshift, synapse }[name];
  const copied = DICTIONARY.filter((table) => !NOT_BY_FILE.includes(table.name));
  const tables = name === 'redshift' ? [...copied, EVENT_PART] : copied;
  const statements = tables.map((table) => {
    const columns = dialect
      .columns(table)
      .map(
        (column) =>
          `  ${column.name} ${dialect.type(column)}${column.nullable === true ? '' : ' not null'},`,
      );
    return `create table ${table.name} (\n${columns.join('\n')}\n  ${dialect.key(table)}\n)\n${dialect.ending(table)};`;
  });
  return `-- Written by a test from the data dictionary. ${dialect.about}\n${statements.join('\n\n')}\n`;
}
