import {
  canonicalJson,
  MaestroError,
  sha256Hex,
  topicPartition,
  type TopicRef,
} from '@maestro/core';
import { z } from 'zod';
import type { RowStore, RowWrite } from '../store/row-store.ts';
import { Subscription, TopicEntry, TopicHead } from './topic-rows.ts';

const PAGE = 100;

/** How long a commit is retried before its outcome is called unknown, in ms. */
const COMMIT_TIMEOUT_MS = 15_000;

/** The largest row of a snapshot, in bytes. */
const CHUNK_BYTES = 300_000;

/** How a commit ended: stored, taken by another host, or refused because an item was there before. */
export type TopicCommitResult = 'committed' | 'conflict' | 'known-items';

/** The rows of one topic's shard: commits, the head, snapshots of its subscriptions, and one for every item's id. */
export class TopicStore {
  readonly #rows: RowStore;
  readonly #partition: string;

  constructor(rows: RowStore, ref: TopicRef) {
    this.#rows = rows;
    this.#partition = topicPartition(ref);
  }

  /** The head by a strong read; undefined when nothing was ever committed. */
  async readHead(): Promise<TopicHead | undefined> {
    const text = await this.#rows.read(this.#partition, this.#headKey());
    return text === undefined ? undefined : TopicHead.parse(JSON.parse(text));
  }

  /** The commits from one to another. */
  async readEntries(from: number, to: number): Promise<readonly TopicEntry[]> {
    const entries: TopicEntry[] = [];
    for (let at = from; at <= to; at += PAGE) {
      const sequences = Array.from({ length: Math.min(PAGE, to - at + 1) }, (_, n) => at + n);
      const rows = await this.#rows.readMany(
        this.#partition,
        sequences.map((sequence) => this.#entryKey(sequence)),
      );
      for (const [index, row] of rows.entries()) {
        const sequence = at + index;
        // A range may lag behind: what it lacks is read strongly.
        const text = row ?? (await this.#rows.read(this.#partition, this.#entryKey(sequence)));
        if (text === undefined) {
          throw new MaestroError(
            'log.corrupt',
            `commit ${sequence} of ${this.#partition} is missing`,
          );
        }
        entries.push(TopicEntry.parse(JSON.parse(text)));
      }
    }
    return entries;
  }

  /** Stores the subscriptions as of a commit; they count once a head refers to them. @returns the number of rows. */
  async writeSnapshot(sequence: number, subscriptions: readonly Subscription[]): Promise<number> {
    const chunks: string[][] = [[]];
    let bytes = 0;
    for (const subscription of subscriptions) {
      const text = canonicalJson(subscription);
      bytes += text.length * 3;
      if (bytes > CHUNK_BYTES) {
        chunks.push([]);
        bytes = text.length * 3;
      }
      chunks.at(-1)?.push(text);
    }
    for (const [index, chunk] of chunks.entries()) {
      await this.#rows.write(this.#partition, [
        { key: this.#chunkKey(sequence, index), value: `[${chunk.join(',')}]`, createOnly: false },
      ]);
    }
    return chunks.length;
  }

  async readSnapshot({
    sequence,
    chunks,
  }: TopicHead['snapshot']): Promise<readonly Subscription[]> {
    const found: Subscription[] = [];
    for (let index = 0; index < chunks; index++) {
      const text = await this.#rows.read(this.#partition, this.#chunkKey(sequence, index));
      if (text === undefined) {
        throw new MaestroError('log.corrupt', `a snapshot of ${this.#partition} is missing`);
      }
      found.push(...z.array(Subscription).parse(JSON.parse(text)));
    }
    return found;
  }

  /** Whether somebody has committed after a sequence: a strong read. */
  async hasEntry(sequence: number): Promise<boolean> {
    return (await this.#rows.read(this.#partition, this.#entryKey(sequence))) !== undefined;
  }

  /** Which items were there before. */
  async knownItems(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const known = new Set<string>();
    await Promise.all(
      ids.map(async (id) => {
        const row = await this.#rows.read(this.#partition, this.#itemKey(id));
        if (row !== undefined) known.add(id);
      }),
    );
    return known;
  }

  /**
   * Stores a commit and the head after it, as a whole. Every id of an item is a row that is only ever created, so an item
   * is taken once, however long ago it was.
   *
   * @throws MaestroError `commit.outcome_unknown` when the store does not say.
   */
  async commit(entry: TopicEntry, head: TopicHead): Promise<TopicCommitResult> {
    const key = this.#entryKey(head.sequence);
    const writes: RowWrite[] = [
      { key, value: canonicalJson(entry), createOnly: true },
      { key: this.#headKey(), value: canonicalJson(head), createOnly: false },
      ...(entry.items ?? []).map(({ id, position }) => ({
        key: this.#itemKey(id),
        value: String(position),
        createOnly: true,
      })),
    ];
    const deadline = performance.now() + COMMIT_TIMEOUT_MS;
    for (let pauseMs = 25; ; pauseMs = Math.min(pauseMs * 2, 1000)) {
      let failure: unknown;
      try {
        await this.#rows.write(this.#partition, writes);
        return 'committed';
      } catch (error) {
        failure = error;
      }
      const settled = await this.#settle(key, entry).catch(() => undefined);
      if (settled !== undefined) return settled;
      if (performance.now() + pauseMs > deadline) {
        throw new MaestroError(
          'commit.outcome_unknown',
          `the store did not say whether it stored commit ${head.sequence} of ${this.#partition}`,
          { cause: failure },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  /** After a failed write: whose is the row, and if nobody's, was it for an item? Undefined: for neither. */
  async #settle(key: string, entry: TopicEntry): Promise<TopicCommitResult | undefined> {
    // The items first: were they read last, our own write could land in between, and its items be taken for known.
    const known = await this.knownItems((entry.items ?? []).map(({ id }) => id));
    const text = await this.#rows.read(this.#partition, key);
    if (text !== undefined) {
      const { commit } = TopicEntry.parse(JSON.parse(text));
      return commit === entry.commit ? 'committed' : 'conflict';
    }
    return known.size > 0 ? 'known-items' : undefined;
  }

  /** Not `head`: who walks over the heads of continuations is not to meet it. */
  #headKey(): string {
    return `${this.#partition}:state`;
  }

  #entryKey(sequence: number): string {
    return `${this.#partition}:log:${String(sequence).padStart(12, '0')}`;
  }

  #chunkKey(sequence: number, index: number): string {
    return `${this.#partition}:subs:${String(sequence).padStart(12, '0')}:${index}`;
  }

  #itemKey(id: string): string {
    return `${this.#partition}:item:${sha256Hex(id).slice(0, 40)}`;
  }
}
