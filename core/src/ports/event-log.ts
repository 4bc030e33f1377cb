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
   * Entries `from`, `from + 1` ... in order, at most `limit` (1-1000), up to the first that does not exist,
   * which a strong read has told: nothing that was written before the call is lacking.
   */
  readRange(
    ref: ContinuationRef,
    from: number,
    limit: number,
    signal?: AbortSignal,
  ): Promise<readonly string[]>;
}
