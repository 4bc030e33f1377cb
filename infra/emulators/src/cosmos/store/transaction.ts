import type { JsonObject } from '../json.ts';
import type { Commit, Container } from './container.ts';
import { newItem, type Item } from './item.ts';
import { partitionMismatch } from './partition-key.ts';

/**
 * Reads and writes of one request in one logical partition. Later operations see earlier ones; nobody else sees anything
 * before the commit, and a transaction that is dropped leaves no trace.
 */
export class Transaction {
  readonly #container: Container;
  readonly #partition: string;
  readonly #nowMs: number;
  readonly #lsn: number;
  /** Null: removed by this transaction. */
  readonly #changed = new Map<string, Item | null>();

  constructor(container: Container, partition: string, nowMs: number) {
    this.#container = container;
    this.#partition = partition;
    this.#nowMs = nowMs;
    this.#lsn = container.lsn + 1;
  }

  /** The item as this transaction sees it. */
  find(id: string): Item | undefined {
    const changed = this.#changed.get(id);
    if (changed === undefined) return this.#stored(id);
    return changed ?? undefined;
  }

  /** Writes an item: another version of the earlier one, or a new item. */
  put(input: JsonObject, earlier: Item | undefined): Item {
    const item = newItem(input, this.#container, {
      sequence: earlier?.sequence ?? this.#container.nextSequence(),
      lsn: this.#lsn,
      nowMs: this.#nowMs,
    });
    if (item.partition !== this.#partition) throw partitionMismatch();
    this.#changed.set(item.id, item);
    return item;
  }

  /** Takes an item away. */
  remove(item: Item): void {
    this.#changed.set(item.id, null);
  }

  /** What is to be applied; undefined when nothing was changed. */
  commit(): Commit | undefined {
    if (this.#changed.size === 0) return undefined;
    const written: Item[] = [];
    const removed: Item[] = [];
    for (const [id, item] of this.#changed) {
      const stored = this.#stored(id);
      // A new item in the place of one removed by the same transaction has another `_rid`.
      if (stored && stored.sequence !== item?.sequence) removed.push(stored);
      if (item) written.push(item);
    }
    return { lsn: this.#lsn, written, removed };
  }

  #stored(id: string): Item | undefined {
    return this.#container.find(this.#partition, id, this.#nowMs);
  }
}
