/** What a column holds, whatever a database calls it. */
export type ColumnType = 'text' | 'integer' | 'double' | 'instant' | 'date';

/** A column, as the data dictionary tells of it. */
export interface ColumnEntry {
  readonly name: string;
  readonly type: ColumnType;
  /** Longest text, in characters; absent: as long as a row of the log may be. */
  readonly length?: number;
  /** Whether it may be null. @default false */
  readonly nullable?: boolean;
  readonly meaning: string;
}

/** A table, as the data dictionary tells of it. */
export interface TableEntry {
  readonly name: string;
  /** What it holds, and what one row of it is. */
  readonly purpose: string;
  /** Columns that make a row unique. */
  readonly key: readonly string[];
  readonly columns: readonly ColumnEntry[];
}

/** A text of at most so many characters. */
export function text(name: string, length: number, meaning: string): ColumnEntry {
  return { name, type: 'text', length, meaning };
}

/** A whole number. */
export function integer(name: string, meaning: string): ColumnEntry {
  return { name, type: 'integer', meaning };
}

/** An instant, UTC. */
export function instant(name: string, meaning: string): ColumnEntry {
  return { name, type: 'instant', meaning };
}

/** A day, UTC. */
export function date(name: string, meaning: string): ColumnEntry {
  return { name, type: 'date', meaning };
}

/** The same column where it may be null. */
export function orNull(column: ColumnEntry): ColumnEntry {
  return { ...column, nullable: true };
}

/** The columns that name a continuation. */
export const CONTINUATION = [
  text('tenant', 40, 'the tenant'),
  text('continuation', 26, 'id of the continuation'),
] as const;
