import { WriteRefused, type RowStore, type RowWrite } from './row-store.ts';

/** Limits of {@link GroupCommit}. */
export interface GroupCommitOptions {
  /** Transactions under way at a time: 1 where the store has a single writer (SQLite). */
  readonly concurrency: number;
  /** Writes that share a transaction at most. @default 64 */
  readonly maxWrites?: number;
  /** Bytes that share a transaction at most. @default 1048576 */
  readonly maxBytes?: number;
}

interface Pending {
  readonly partition: string;
  readonly rows: readonly RowWrite[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets commits of different continuations share one store transaction, and so one sync of the disk: while a
 * transaction is under way the next ones gather. Only for stores whose transactions may span partitions (SQLite,
 * PostgreSQL). When a shared transaction is refused, each of its writes is tried alone, so one conflict costs its
 * neighbours time and nothing else.
 */
export class GroupCommit implements RowStore {
  readonly #inner: RowStore;
  readonly #concurrency: number;
  readonly #maxWrites: number;
  readonly #maxBytes: number;
  readonly #queue: Pending[] = [];
  #underWay = 0;

  constructor(inner: RowStore, options: GroupCommitOptions) {
    this.#inner = inner;
    this.#concurrency = options.concurrency;
    this.#maxWrites = options.maxWrites ?? 64;
    this.#maxBytes = options.maxBytes ?? 1024 * 1024;
  }

  read(partition: string, key: string, signal?: AbortSignal): Promise<string | undefined> {
    return this.#inner.read(partition, key, signal);
  }

  readMany(
    partition: string,
    keys: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly (string | undefined)[]> {
    return this.#inner.readMany(partition, keys, signal);
  }

  write(partition: string, rows: readonly RowWrite[], signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const bytes = rows.reduce((sum, row) => sum + row.value.length + row.key.length, 0);
    return new Promise((resolve, reject) => {
      this.#queue.push({ partition, rows, bytes, resolve, reject });
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#underWay < this.#concurrency && this.#queue.length > 0) {
      this.#underWay++;
      void this.#flush(this.#take()).finally(() => {
        this.#underWay--;
        this.#pump();
      });
    }
  }

  #take(): Pending[] {
    const partitions = new Set<string>();
    let bytes = 0;
    let count = 0;
    for (const { partition, bytes: more } of this.#queue) {
      // Two writes of one continuation in a transaction could hide each other's conflict.
      if (count >= this.#maxWrites || partitions.has(partition)) break;
      if (count > 0 && bytes + more > this.#maxBytes) break;
      partitions.add(partition);
      bytes += more;
      count++;
    }
    return this.#queue.splice(0, count);
  }

  async #flush(batch: readonly Pending[]): Promise<void> {
    const [first] = batch;
    if (!first) return;
    try {
      await this.#inner.write(
        first.partition,
        batch.flatMap(({ rows }) => rows),
      );
      for (const { resolve } of batch) resolve();
    } catch (error) {
      // One by one only after an answer: a store that gives none would hold everybody up once for each of them.
      if (batch.length === 1 || !(error instanceof WriteRefused)) {
        for (const { reject } of batch) reject(error);
        return;
      }
      for (const { partition, rows, resolve, reject } of batch) {
        await this.#inner.write(partition, rows).then(resolve, reject);
      }
    }
  }
}
