import { WriteRefused, type RowStore, type RowWrite } from '../store/row-store.ts';

/** Rows in memory, with the semantics of a store: whole writes, create-only keys, and faults on demand. */
export class MemoryRowStore implements RowStore {
  readonly #rows = new Map<string, string>();
  /** Asked before every write: `refuse` writes nothing and fails, `lose-answer` writes and fails. */
  fault: ((writes: readonly RowWrite[]) => 'refuse' | 'lose-answer' | undefined) | undefined;

  async read(_partition: string, key: string): Promise<string | undefined> {
    await yieldOnce();
    return this.#rows.get(key);
  }

  async readMany(
    _partition: string,
    keys: readonly string[],
  ): Promise<readonly (string | undefined)[]> {
    await yieldOnce();
    return keys.map((key) => this.#rows.get(key));
  }

  async write(_partition: string, writes: readonly RowWrite[]): Promise<void> {
    await yieldOnce();
    const fault = this.fault?.(writes);
    if (fault === 'refuse') throw new WriteRefused('the store refused the write');
    const taken = writes.find(({ key, createOnly }) => createOnly && this.#rows.has(key));
    if (taken) throw new WriteRefused(`the row ${taken.key} exists`);
    for (const { key, value } of writes) this.#rows.set(key, value);
    if (fault === 'lose-answer') throw new Error('the answer was lost');
  }

  /** A copy of every row, by key. */
  snapshot(): ReadonlyMap<string, string> {
    return new Map([...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Replaces a row behind the runtime's back, or takes it away. */
  tamper(key: string, value: string | undefined): void {
    if (value === undefined) this.#rows.delete(key);
    else this.#rows.set(key, value);
  }
}

function yieldOnce(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
