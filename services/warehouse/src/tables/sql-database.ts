/** A parameter of a statement: `$1`, `$2` ...; a list is an array of texts or of whole numbers. */
export type SqlValue = string | number | null | readonly string[] | readonly number[];

/** A row by column name; whole numbers of 64 bits come as numbers, instants as texts of the database's own form. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** What came of a statement. */
export interface SqlResult {
  readonly rows: readonly SqlRow[];
  /** Rows that were inserted, updated or deleted; 0 for a query. */
  readonly changed: number;
}

/** Statements within one transaction. */
export interface SqlTransaction {
  query(sql: string, values?: readonly SqlValue[]): Promise<SqlResult>;
  /** Several statements without parameters. */
  script(sql: string): Promise<void>;
  /** Waits until no other transaction holds the lock of this name; it ends with the transaction. */
  lock(name: string): Promise<void>;
}

/** One database behind the tables: what differs between technologies, apart from the SQL files. */
export interface SqlDatabase {
  /** Folder of its own SQL files in `eval/sql`. */
  readonly dialect: 'duckdb' | 'postgres' | 'redshift';
  /** Commits what the work did, or nothing of it when it rejects. May run the work again after a conflict. */
  transaction<T>(work: (transaction: SqlTransaction) => Promise<T>): Promise<T>;
  query(sql: string, values?: readonly SqlValue[]): Promise<SqlResult>;
  close(): Promise<void>;
}
