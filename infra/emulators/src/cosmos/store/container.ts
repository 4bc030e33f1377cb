import { stringAt, type JsonObject } from '../json.ts';
import { restoredItem, type Item, type ItemHome } from './item.ts';
import {
  partitionKeyDefinition,
  partitionReader,
  type PartitionKeyDefinition,
} from './partition-key.ts';
import { bytesOf } from './resource-ids.ts';
import { expiryMs, timeToLive } from './time-to-live.ts';

/** The changes of one transaction in one logical partition. */
export interface Commit {
  readonly lsn: number;
  readonly written: readonly Item[];
  readonly removed: readonly Item[];
}

/** A container and its items, in memory. Point operations take constant time. */
export class Container implements ItemHome {
  readonly id: string;
  readonly rid: string;
  readonly ridBytes: Buffer;
  readonly self: string;
  readonly partitionKey: PartitionKeyDefinition;
  readonly partitionOf: (document: JsonObject) => string;
  #properties: JsonObject;
  #defaultTtl: number | undefined;
  readonly #partitions = new Map<string, Map<string, Item>>();
  readonly #bySequence = new Map<number, Item>();
  readonly #sequencesById = new Map<string, Set<number>>();
  #changes: Item[] = [];
  #lsn = 1;
  #lastSequence = 0;

  /** @param properties - the container's resource as clients read it, with `_rid` and `_self` */
  constructor(properties: JsonObject, rid: string, self: string) {
    this.id = stringAt(properties, 'id');
    this.rid = rid;
    this.ridBytes = bytesOf(rid);
    this.self = self;
    this.partitionKey = partitionKeyDefinition(properties['partitionKey']);
    this.partitionOf = partitionReader(this.partitionKey);
    this.#properties = properties;
    this.#defaultTtl = timeToLive(properties['defaultTtl']);
  }

  /** The container's resource as clients read it. */
  get properties(): JsonObject {
    return this.#properties;
  }

  /** Seconds; undefined when nothing in the container expires. */
  get defaultTtl(): number | undefined {
    return this.#defaultTtl;
  }

  /** Number of the last transaction. */
  get lsn(): number {
    return this.#lsn;
  }

  /** Sets the resource anew; another `defaultTtl` counts for the items that are there too. */
  replaceProperties(properties: JsonObject): void {
    this.#defaultTtl = timeToLive(properties['defaultTtl']);
    this.#properties = properties;
  }

  /** A place in the order of creation that no item had. */
  nextSequence(): number {
    this.#lastSequence += 1;
    return this.#lastSequence;
  }

  /** The item, unless it is not there or has expired. */
  find(partition: string, id: string, nowMs: number): Item | undefined {
    const item = this.#partitions.get(partition)?.get(id);
    if (item === undefined) return undefined;
    if (this.#lives(item, nowMs)) return item;
    this.#remove(item);
    return undefined;
  }

  /** All living items in the order of creation, after a place in that order; of one partition or of all. */
  *scan(partition: string | undefined, afterSequence: number, nowMs: number): Generator<Item> {
    const items = partition === undefined ? this.#bySequence : this.#partitions.get(partition);
    for (const item of items?.values() ?? []) {
      if (item.sequence > afterSequence && this.#lives(item, nowMs)) yield item;
    }
  }

  /** As {@link scan}, but only items that have one of these ids. */
  *scanIds(
    ids: readonly string[],
    partition: string | undefined,
    afterSequence: number,
    nowMs: number,
  ): Generator<Item> {
    const sequences = [...new Set(ids)].flatMap((id) => [...(this.#sequencesById.get(id) ?? [])]);
    for (const sequence of sequences.sort((a, b) => a - b)) {
      const item = this.#bySequence.get(sequence);
      if (item === undefined || sequence <= afterSequence || !this.#lives(item, nowMs)) continue;
      if (partition === undefined || item.partition === partition) yield item;
    }
  }

  /** The living items by their last change, those changed after a transaction. */
  *changesAfter(lsn: number, nowMs: number): Generator<Item> {
    const changes = this.#changes;
    let low = 0;
    let high = changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((changes[middle]?.lsn ?? 0) <= lsn) low = middle + 1;
      else high = middle;
    }
    for (let index = low; index < changes.length; index += 1) {
      const item = changes[index];
      if (item && this.#isCurrent(item) && this.#lives(item, nowMs)) yield item;
    }
  }

  /** Makes the changes of a transaction visible, all at once. */
  apply({ lsn, written, removed }: Commit): void {
    this.#lsn = lsn;
    for (const item of removed) this.#remove(item);
    for (const item of written) this.#put(item);
    if (this.#changes.length > 2 * this.#bySequence.size + 1000) {
      this.#changes = this.#changes.filter((item) => this.#isCurrent(item));
    }
  }

  /** Applies a commit that was read from the journal. */
  restore(
    lsn: number,
    written: readonly JsonObject[],
    removed: readonly (readonly [string, string])[],
  ): void {
    this.apply({
      lsn,
      written: written.map((document) => restoredItem(document, this, lsn)),
      removed: removed.flatMap(([partition, id]) => this.find(partition, id, 0) ?? []),
    });
  }

  #lives({ timestamp, ttl }: Item, nowMs: number): boolean {
    if (this.#defaultTtl === undefined) return true;
    return expiryMs(timestamp, ttl, this.#defaultTtl) > nowMs;
  }

  #isCurrent(item: Item): boolean {
    return this.#bySequence.get(item.sequence) === item;
  }

  #put(item: Item): void {
    let partition = this.#partitions.get(item.partition);
    if (!partition) this.#partitions.set(item.partition, (partition = new Map()));
    partition.set(item.id, item);
    this.#bySequence.set(item.sequence, item);
    const sequences = this.#sequencesById.get(item.id);
    if (sequences) sequences.add(item.sequence);
    else this.#sequencesById.set(item.id, new Set([item.sequence]));
    this.#lastSequence = Math.max(this.#lastSequence, item.sequence);
    this.#changes.push(item);
  }

  #remove(item: Item): void {
    const partition = this.#partitions.get(item.partition);
    partition?.delete(item.id);
    if (partition?.size === 0) this.#partitions.delete(item.partition);
    this.#bySequence.delete(item.sequence);
    const sequences = this.#sequencesById.get(item.id);
    sequences?.delete(item.sequence);
    if (sequences?.size === 0) this.#sequencesById.delete(item.id);
  }
}
