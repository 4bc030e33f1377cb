/** One row to write. */
export interface RowWrite {
  readonly key: string;
  readonly value: string;
  /** True: only if the key does not exist, otherwise the whole write fails. False: whatever is there is replaced. */
  readonly createOnly: boolean;
}

/** The store has answered, and refused: what was to be written is not. Any other rejection leaves that open. */
export class WriteRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WriteRefused';
  }
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
   * Writes all rows or none. Rejects on any failure: with {@link WriteRefused} when the store answered, which does not
   * say why (stores do not speak with one voice) nor that an earlier try of the same rows was not stored.
   */
  write(partition: string, writes: readonly RowWrite[], signal?: AbortSignal): Promise<void>;
}
