/** One row to write. */
export interface RowWrite {
  readonly key: string;
  readonly value: string;
  /** True: only if the key does not exist, otherwise the whole write fails. False: whatever is there is replaced. */
  readonly createOnly: boolean;
}

/** What a store must give: strong reads, and writes of several rows of one partition that happen as a whole or not at all. */
export interface RowStore {
  /** Strong read; undefined when there is no such row. */
  read(partition: string, key: string, signal?: AbortSignal): Promise<string | undefined>;

  /** Rows in the order of the keys; for history, so it need not be strong. */
  readMany(
    partition: string,
    keys: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly (string | undefined)[]>;

  /**
   * Writes all rows or none. Rejects on any failure; a rejection does not tell whether the rows were written, because
   * the answer may have been lost and stores do not say in one voice what went wrong.
   */
  write(partition: string, writes: readonly RowWrite[], signal?: AbortSignal): Promise<void>;
}
