import type { SqlTransaction, SqlValue } from '../../tables/sql-database.ts';
import type { EventColumns } from '../../tables/event-columns.ts';
import { superText } from './super-text.ts';
import { textParts } from './text-parts.ts';

/** Longest VARCHAR, in bytes. */
const MAX_BYTES = 65_535;
/** A statement may have 16 MB and 32,767 parameters. */
const MAX_ROWS = 1_000;
const MAX_CHARS = 2 * 1024 * 1024;

/** Rows of one INSERT: the text of each in brackets, and all their parameters. */
class Rows {
  readonly texts: string[] = [];
  readonly values: SqlValue[] = [];
  #chars = 0;

  get isFull(): boolean {
    return this.texts.length >= MAX_ROWS || this.#chars >= MAX_CHARS;
  }

  /** @returns the parameter's number with its type. */
  parameter(value: string | number, type = 'varchar(65535)'): string {
    if (typeof value === 'string') this.#chars += value.length;
    return `$${this.values.push(value)}::${type}`;
  }

  add(columns: readonly string[]): void {
    this.texts.push(`(${columns.join(', ')})`);
  }
}

/** Puts a batch into the tables of the session by INSERT of many rows. */
export async function stageEvents(
  transaction: Pick<SqlTransaction, 'query'>,
  events: readonly EventColumns[],
  loadedAt: string,
): Promise<void> {
  await insert(transaction, 'event_stage', events, (rows, event) => {
    const { ref, at, ...columns } = event;
    const number = (value: number): string => rows.parameter(value, 'bigint');
    rows.add([
      rows.parameter(ref.tenant),
      rows.parameter(ref.id),
      number(columns.generation),
      number(columns.sequence),
      rows.parameter(columns.type),
      number(columns.version),
      rows.parameter(utc(at), 'timestamp'),
      rows.parameter(columns.commit),
      rows.parameter(columns.traceId),
      rows.parameter(columns.hash),
      rows.parameter(utc(loadedAt), 'timestamp'),
      superOf(rows, columns.row),
    ]);
  });
  await insert(transaction, 'event_part_stage', events, (rows, { ref, sequence, row }) => {
    for (const [index, part] of textParts(row, MAX_BYTES).entries()) {
      rows.add([
        rows.parameter(ref.tenant),
        rows.parameter(ref.id),
        rows.parameter(sequence, 'bigint'),
        rows.parameter(index + 1, 'bigint'),
        rows.parameter(part),
      ]);
    }
  });
}

/** A row as SUPER; one that is too long for a VARCHAR goes through VARBYTE. */
function superOf(rows: Rows, row: string): string {
  const parts = textParts(superText(row), MAX_BYTES);
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return `json_parse(${rows.parameter(only)})`;
  const bytes = parts.map((part) => `to_varbyte(${rows.parameter(part)}, 'utf8')`);
  return `json_parse(${bytes.join(' || ')})`;
}

async function insert(
  transaction: Pick<SqlTransaction, 'query'>,
  table: string,
  events: readonly EventColumns[],
  add: (rows: Rows, event: EventColumns) => void,
): Promise<void> {
  let rows = new Rows();
  const flush = async (): Promise<void> => {
    if (rows.texts.length === 0) return;
    await transaction.query(`insert into ${table} values ${rows.texts.join(', ')}`, rows.values);
    rows = new Rows();
  };
  for (const event of events) {
    add(rows, event);
    if (rows.isFull) await flush();
  }
  await flush();
}

/** Tables keep instants in UTC, without saying so. */
function utc(at: string): string {
  return new Date(at).toISOString().slice(0, -1);
}
