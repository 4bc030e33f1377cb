import type { ContinuationRef } from '../continuation/identifiers.ts';

/** Reads the log. Rows are returned as they were stored. */
export interface EventLog {
  /** Strong read of one entry; undefined when it does not exist yet. */
  readEntry(
    ref: ContinuationRef,
    sequence: number,
    signal?: AbortSignal,
  ): Promise<string | undefined>;

  /**
   * Entries `from`, `from + 1` ... in order, at most `limit` (1-1000), up to the first that does not exist. For
   * history: may lag behind a write of the last moment.
   */
  readRange(
    ref: ContinuationRef,
    from: number,
    limit: number,
    signal?: AbortSignal,
  ): Promise<readonly string[]>;
}
