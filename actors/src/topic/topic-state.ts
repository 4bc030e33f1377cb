import {
  compilePredicate,
  PredicateIndex,
  type ItemOf,
  type Predicate,
  type TopicKind,
} from '@maestro/core';
import type { Subscription, TopicEntry, TopicHead, TopicItem } from './topic-rows.ts';

/** What a topic keeps of its items for subscriptions that come later. */
export interface Keeping {
  readonly items: number;
  readonly bytes: number;
  readonly ms: number;
}

/** An item that a subscription waited for. */
export interface Match {
  readonly subscription: Subscription;
  readonly item: TopicItem;
}

interface KeptItem extends TopicItem {
  /** The commit that brought it. */
  readonly sequence: number;
  readonly bytes: number;
}

/** A topic in memory: its subscriptions, by predicate, and the items that it still keeps. */
export class TopicState {
  readonly #kind: TopicKind;
  readonly #keeping: Keeping;
  readonly #index: PredicateIndex<Subscription, TopicKind>;
  readonly #subscriptions = new Map<string, Subscription>();
  /** Subscriptions that have what they waited for, until their end is committed. */
  readonly #matched = new Map<string, Match>();
  #items: KeptItem[] = [];
  #bytes = 0;
  #sequence: number;
  #position: number;
  #snapshot: TopicHead['snapshot'];

  constructor(kind: TopicKind, keeping: Keeping, head?: TopicHead) {
    this.#kind = kind;
    this.#keeping = keeping;
    this.#index = new PredicateIndex(kind);
    this.#sequence = head?.snapshot.sequence ?? 0;
    this.#position = head?.position ?? 0;
    this.#snapshot = head?.snapshot ?? { sequence: 0, chunks: 0 };
  }

  get sequence(): number {
    return this.#sequence;
  }

  get position(): number {
    return this.#position;
  }

  get subscriptions(): readonly Subscription[] {
    return [...this.#subscriptions.values()];
  }

  /** How far the commits are behind the last snapshot of the subscriptions. */
  get sinceSnapshot(): number {
    return this.#sequence - this.#snapshot.sequence;
  }

  /** The last items that are kept, newest first. */
  latest(count: number): readonly TopicItem[] {
    return this.#items.slice(-count).reverse();
  }

  knows(itemId: string): boolean {
    return this.#items.some(({ id }) => id === itemId);
  }

  /** The head after the next commit. */
  nextHead(): TopicHead {
    return {
      version: 1,
      sequence: this.#sequence + 1,
      position: this.#position,
      keptFrom: this.#items[0]?.sequence ?? this.#sequence + 1,
      snapshot: this.#snapshot,
    };
  }

  snapshotWritten(snapshot: TopicHead['snapshot']): void {
    this.#snapshot = snapshot;
  }

  /** Takes the subscriptions of a snapshot. */
  restore(subscriptions: readonly Subscription[]): void {
    for (const subscription of subscriptions) this.#subscribe(subscription);
  }

  /** Keeps the items of a commit. */
  keep(entry: TopicEntry, sequence: number): void {
    for (const item of entry.items ?? []) {
      const bytes = JSON.stringify(item.item).length;
      this.#items.push({ ...item, sequence, bytes });
      this.#bytes += bytes;
      this.#position = Math.max(this.#position, item.position);
    }
  }

  /** Follows a commit that was read back, without looking what it led to: {@link rematch}. */
  replay(entry: TopicEntry, sequence: number): void {
    this.#sequence = sequence;
    this.keep(entry, sequence);
    for (const subscription of entry.subscribed ?? []) this.#subscribe(subscription);
    for (const id of entry.ended ?? []) this.end(id);
  }

  /** Follows a commit. @returns what it led to. */
  apply(entry: TopicEntry, sequence: number, nowMs: number): readonly Match[] {
    const before = this.#items.length;
    this.#sequence = sequence;
    this.keep(entry, sequence);
    const fresh = this.#items.slice(before);
    const matches = fresh.flatMap((item) => this.#matching(item));
    for (const subscription of entry.subscribed ?? []) {
      this.#subscribe(subscription);
      matches.push(...this.#caughtUp(subscription));
    }
    for (const id of entry.ended ?? []) this.end(id);
    this.#forget(nowMs);
    return matches;
  }

  /** Everything that kept items say to subscriptions, item by item; lets others in now and then, for it may take long. */
  async rematch(nowMs: number): Promise<readonly Match[]> {
    const found: Match[] = [];
    for (const [index, item] of this.#items.entries()) {
      if (index % 200 === 199) await new Promise((resolve) => setImmediate(resolve));
      found.push(...this.#matching(item));
    }
    this.#forget(nowMs);
    return found;
  }

  has(id: string): boolean {
    return this.#subscriptions.has(id);
  }

  end(id: string): void {
    this.#subscriptions.delete(id);
    this.#matched.delete(id);
    this.#index.remove(id);
  }

  #subscribe(subscription: Subscription): void {
    this.#subscriptions.set(subscription.id, subscription);
    const predicate = this.#predicateOf(subscription);
    if (predicate !== null) this.#index.add(subscription.id, predicate, subscription);
  }

  /** It was compiled before it was stored; should this release see it otherwise, nothing matches it. */
  #predicateOf({ predicate }: Subscription): Predicate<TopicKind> | undefined | null {
    if (predicate === undefined) return undefined;
    try {
      return compilePredicate(this.#kind, predicate);
    } catch {
      return null;
    }
  }

  #matching(item: KeptItem): Match[] {
    return this.#index
      .matching(item.item as ItemOf<TopicKind>)
      .filter((subscription) => isAfter(subscription, item))
      .map((subscription) => this.#match(subscription, item));
  }

  /** The first kept item that a subscription waits for, if there is one. */
  #caughtUp(subscription: Subscription): Match[] {
    const predicate = this.#predicateOf(subscription);
    if (predicate === null) return [];
    const item = this.#items.find(
      (kept) =>
        isAfter(subscription, kept) &&
        (predicate === undefined || predicate.matches(kept.item as never)),
    );
    return item ? [this.#match(subscription, item)] : [];
  }

  #match(subscription: Subscription, item: TopicItem): Match {
    const match = { subscription, item };
    this.#matched.set(subscription.id, match);
    // One item is enough: it is not asked about others.
    this.#index.remove(subscription.id);
    return match;
  }

  #forget(nowMs: number): void {
    let drop = 0;
    const { items, bytes, ms } = this.#keeping;
    // What is still to be delivered is kept, so that whoever has the topic next finds it.
    let owed = Infinity;
    for (const { item } of this.#matched.values()) owed = Math.min(owed, item.position);
    for (const kept of this.#items) {
      if (kept.position >= owed) break;
      const tooMany = this.#items.length - drop > items || this.#bytes > bytes;
      if (!tooMany && nowMs - kept.atMs <= ms) break;
      this.#bytes -= kept.bytes;
      drop++;
    }
    if (drop > 0) this.#items = this.#items.slice(drop);
  }
}

/** Whether a subscription is to see an item: none from before it, and none of its own. */
function isAfter({ after, sinceMs, continuation }: Subscription, item: TopicItem): boolean {
  return item.position > after && item.atMs >= sinceMs && item.item['publisher'] !== continuation;
}
