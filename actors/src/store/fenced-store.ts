import {
  headKey,
  logKey,
  MaestroError,
  parseStoredEvent,
  partitionKeyOf,
  snapshotKey,
  type CommitResult,
  type ContinuationRef,
  type ContinuationStore,
  type EventLog,
  type LogCommit,
  type LogRestore,
  type RestoreResult,
} from '@maestro/core';
import { restoreRows } from './restore-rows.ts';
import type { RowStore, RowWrite } from './row-store.ts';

/** Limits of {@link FencedStore}. */
export interface FencedStoreOptions {
  /** How long a commit is retried before its outcome is called unknown, in ms. @default 15000 */
  readonly commitTimeoutMs?: number;
  /** Pause before the first retry, in ms; doubles up to 1 s. @default 25 */
  readonly retryDelayMs?: number;
}

/**
 * The log is the lock: an entry is create-only, so of all hosts that start from the same sequence exactly one gets its
 * commit in, however late the others wake up. What an error left open is settled by reading the first entry back.
 */
export class FencedStore implements ContinuationStore, EventLog {
  readonly #rows: RowStore;
  readonly #commitTimeoutMs: number;
  readonly #retryDelayMs: number;

  constructor(rows: RowStore, options: FencedStoreOptions = {}) {
    this.#rows = rows;
    this.#commitTimeoutMs = options.commitTimeoutMs ?? 15_000;
    this.#retryDelayMs = options.retryDelayMs ?? 25;
  }

  readHead(ref: ContinuationRef, signal?: AbortSignal): Promise<string | undefined> {
    return this.#rows.read(partitionKeyOf(ref), headKey(ref), signal);
  }

  readEntry(
    ref: ContinuationRef,
    sequence: number,
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    return this.#rows.read(partitionKeyOf(ref), logKey(ref, sequence), signal);
  }

  readSnapshot(
    ref: ContinuationRef,
    sequence: number,
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    return this.#rows.read(partitionKeyOf(ref), snapshotKey(ref, sequence), signal);
  }

  async readRange(
    ref: ContinuationRef,
    from: number,
    limit: number,
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    const keys = Array.from({ length: limit }, (_, index) => logKey(ref, from + index));
    const read = await this.#rows.readMany(partitionKeyOf(ref), keys, signal);
    const rows: string[] = [];
    for (const [index, found] of read.entries()) {
      // Reads of many rows may lag behind; only a strong one tells that this is the end.
      const row = found ?? (await this.readEntry(ref, from + index, signal));
      if (row === undefined) break;
      rows.push(row);
    }
    return rows;
  }

  async commit(commit: LogCommit, signal?: AbortSignal): Promise<CommitResult> {
    const deadline = performance.now() + this.#commitTimeoutMs;
    const writes = rowsOf(commit);
    const partition = partitionKeyOf(commit.ref);
    let delayMs = this.#retryDelayMs;
    for (;;) {
      let failure: unknown;
      try {
        await this.#rows.write(partition, writes, signal);
        return 'committed';
      } catch (error) {
        failure = error;
      }
      const settled = await this.#settle(commit, signal).catch(() => undefined);
      if (settled !== undefined && settled !== 'absent') return settled;
      if (performance.now() + delayMs > deadline || signal?.aborted) {
        throw new MaestroError(
          'commit.outcome_unknown',
          `the store did not say whether it stored event ${commit.from + 1} of ${commit.ref.id}; ask again with the same key`,
          { cause: failure },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      delayMs = Math.min(delayMs * 2, 1000);
    }
  }

  restore(restore: LogRestore, signal?: AbortSignal): Promise<RestoreResult> {
    const limits = { timeoutMs: this.#commitTimeoutMs, retryDelayMs: this.#retryDelayMs };
    return restoreRows(this.#rows, restore, limits, signal);
  }

  /** After a failed write: whose is the first entry, and has anybody written behind it? */
  async #settle(commit: LogCommit, signal?: AbortSignal): Promise<CommitResult | 'absent'> {
    const first = await this.readEntry(commit.ref, commit.from + 1, signal);
    if (first === undefined) return 'absent';
    if (parseStoredEvent(first).commit !== commit.commitId) return 'conflict';
    const after = await this.readEntry(commit.ref, commit.from + commit.entries.length + 1, signal);
    return after === undefined ? 'committed' : 'superseded';
  }
}

function rowsOf(commit: LogCommit): readonly RowWrite[] {
  const { ref } = commit;
  return [
    ...commit.entries.map((value, index) => ({
      key: logKey(ref, commit.from + 1 + index),
      value,
      createOnly: true,
    })),
    { key: headKey(ref), value: commit.head, createOnly: false },
    ...commit.snapshots.map(({ sequence, state }) => ({
      key: snapshotKey(ref, sequence),
      value: state,
      createOnly: false,
    })),
  ];
}
