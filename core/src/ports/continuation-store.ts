import type { ContinuationRef } from '../continuation/identifiers.ts';

/** One turn's worth of change: log entries that follow on each other, and the head they fold to. */
export interface LogCommit {
  readonly ref: ContinuationRef;
  /** Sequence that the decision started from; the entries take `from + 1`, `from + 2` ... */
  readonly from: number;
  /** Names this commit; found again in the rows after a lost answer. */
  readonly commitId: string;
  /** Row texts of the entries, in order; at least one. */
  readonly entries: readonly string[];
  /** Row text of the head. */
  readonly head: string;
  /** Snapshots that fall into this commit. */
  readonly snapshots: readonly { readonly sequence: number; readonly state: string }[];
}

/**
 * How a commit ended. `superseded`: it was stored, and somebody else has stored more since. `conflict`: somebody else
 * holds the next sequence, nothing of this was stored. In both the caller's memory is stale.
 */
export type CommitResult = 'committed' | 'superseded' | 'conflict';

/** Rows of a log that another store holds. */
export interface LogRestore {
  readonly ref: ContinuationRef;
  /** Sequence of the first entry. */
  readonly from: number;
  /** Row texts that follow on each other; may be empty where a head is given. */
  readonly entries: readonly string[];
  /** Row text of the head. The continuation exists from the moment that it is stored. */
  readonly head?: string;
}

/** How a restore ended. `present`: all of it was there before. `conflict`: something else is, nothing of this was stored. */
export type RestoreResult = 'restored' | 'present' | 'conflict';

/** Holds the heads, and is the only way to write: whole commits, fenced by the log itself. */
export interface ContinuationStore {
  /** Strong read of the head row's text; undefined when there is none. */
  readHead(ref: ContinuationRef, signal?: AbortSignal): Promise<string | undefined>;

  /**
   * Writes a commit as a whole or not at all: every entry create-only, so that of all hosts that start from the same
   * sequence exactly one wins. Safe to repeat with the same bytes.
   *
   * @throws MaestroError `commit.outcome_unknown` when the store did not answer in time: it may or may not be stored.
   */
  commit(commit: LogCommit, signal?: AbortSignal): Promise<CommitResult>;

  /**
   * Brings back rows as they are, each only where there is none; for a continuation that has no head, and so does not
   * exist, until the last of its rows is here. Safe to repeat, and to go on with after it was cut off.
   *
   * @throws MaestroError `commit.outcome_unknown` when the store did not answer in time: it may or may not be stored.
   */
  restore(restore: LogRestore, signal?: AbortSignal): Promise<RestoreResult>;

  /** The text of the snapshot at a sequence; undefined when there is none. */
  readSnapshot(
    ref: ContinuationRef,
    sequence: number,
    signal?: AbortSignal,
  ): Promise<string | undefined>;
}
