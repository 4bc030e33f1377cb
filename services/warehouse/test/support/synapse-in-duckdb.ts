import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { sqlFiles } from '../../src/tables/sql-files.ts';
import { TdsRefusal, type TdsSession } from './tds-server.ts';
import type { TdsStatement } from './tds-reader.ts';
import type { TdsResult } from './tds-writer.ts';

/** What a dedicated pool refuses, so that a statement here does not pass which would fail there. */
const REFUSED_WITHIN = /^(create|drop|alter|truncate)|^if object_id/;

/**
 * A statement for a dedicated pool in the SQL of DuckDB. The rules know what the files of `eval/sql/synapse` and the program
 * use; what they leave is refused by DuckDB.
 */
function translated(sql: string): string {
  if (sql.startsWith('insert into dim_date')) return duckDbDates();
  const top = /^select top \((\d+)\)/.exec(sql);
  const own = sql
    .replace(
      /^if object_id\('tempdb\.\.(#\w+)'\) is not null drop table #\w+$/,
      'drop table if exists $1',
    )
    .replace(/^if object_id\('\w+'\) is null\s+create table/, 'create table if not exists')
    .replace(/^if (not exists \(.*\))\n(insert into .*) values \((.*)\)$/, '$2 select $3 where $1')
    .replace(/^create table (#\w+)\nwith \((?:[^()]|\([^()]*\))*\)\nas/, 'create temp table $1 as')
    .replace(/\)\nwith \((?:[^()]|\([^()]*\))*\)$/, ')')
    .replaceAll(/,\n {2}primary key nonclustered \([^)]*\) not enforced/g, '')
    .replaceAll(/\bselect top \(\d+\)/g, 'select')
    .replaceAll(/\bn?varchar\((?:max|\d+)\)/g, 'varchar')
    .replaceAll('datetime2(3)', 'timestamp')
    .replaceAll(/ as float\)/g, ' as double)')
    .replaceAll(/datediff_big\(millisecond, /g, "date_diff('millisecond', ")
    .replaceAll(/charindex\(('.'), (\w+)\)/g, 'instr($2, $1)')
    .replaceAll('json_value(', 'json_extract_string(')
    .replaceAll('json_query(', 'json_extract(')
    .replace(
      /count\(\*\) as made\n {2}from event cross apply openjson\(row_text, '\$\.payload\.children'\) as child/,
      "max(json_array_length(row_text, '$.payload.children')) as made\n  from event",
    )
    .replaceAll(/#(?=\w)(?!\w*')/g, '')
    .replaceAll(/@(?=\w)(?!\w*')/g, '$');
  return top ? `${own} limit ${top[1]}` : own;
}

function duckDbDates(): string {
  const text = sqlFiles('common').find(({ name }) => name.endsWith('003-dates.sql'))?.text ?? '';
  return text
    .slice(text.indexOf('insert into'))
    .replace(/;\s*$/, ' and not exists (select 1 from dim_date)');
}

class Session implements TdsSession {
  readonly #connection: DuckDBConnection;
  #isWithin = false;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async run({ sql, parameters }: TdsStatement): Promise<TdsResult> {
    if (sql.startsWith('set ')) {
      if (sql.trim() === 'set transaction isolation level read uncommitted') return NOTHING;
      if (
        /^set textsize \d+\s+set transaction isolation level read uncommitted$/.test(sql.trim())
      ) {
        return NOTHING;
      }
      throw new TdsRefusal(103_010, `Parse error: ${sql}`);
    }
    if (this.#isWithin && REFUSED_WITHIN.test(sql)) {
      throw new TdsRefusal(111_212, 'Operation cannot be performed within a transaction.');
    }
    if (/\bvalues\s*\([^()]*\)\s*,\s*\(/.test(sql)) {
      throw new TdsRefusal(103_010, 'Parse error: VALUES of several rows');
    }
    if (Object.keys(parameters).length > 2_100) throw new TdsRefusal(8_003, 'too many parameters');
    if (sql.startsWith('begin')) this.#isWithin = true;
    if (sql.startsWith('commit') || sql.startsWith('rollback')) this.#isWithin = false;
    try {
      return await this.#execute(translated(sql), parameters);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      // DuckDB refuses where a pool lets the later one wait.
      throw new TdsRefusal(/conflict/i.test(message) ? 1_205 : 50_001, `${message} in: ${sql}`);
    }
  }

  async close(): Promise<void> {
    this.#connection.closeSync();
  }

  async #execute(sql: string, parameters: TdsStatement['parameters']): Promise<TdsResult> {
    const values: Record<string, DuckDBValue> = Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [
        name,
        typeof value === 'number' ? BigInt(value) : value,
      ]),
    );
    const reader = await this.#connection.runAndReadAll(sql, values);
    const rows = reader
      .getRowObjectsJS()
      .map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])),
      );
    // What changed rows tells how many as a row.
    const isQuery = /^(select|with)\b/.test(sql);
    return { rows: isQuery ? rows : [], changed: reader.rowsChanged };
  }
}

const NOTHING: TdsResult = { rows: [], changed: 0 };

function plain(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value);
  if (typeof value === 'string') return value;
  return value instanceof Date ? value.toISOString() : JSON.stringify(value);
}

/** A dedicated pool of Synapse, played by DuckDB. */
export async function synapseInDuckDb(): Promise<{
  open(): Promise<TdsSession>;
  close(): void;
}> {
  const instance = await DuckDBInstance.create(':memory:');
  return {
    open: async () => new Session(await instance.connect()),
    close: () => instance.closeSync(),
  };
}
