import { MaestroError, type Clock, type TopicRef } from '@maestro/core';
import { randomBytes } from 'node:crypto';
import type { CrashPoint } from '../turn/crash-points.ts';
import { RecentIds } from './recent-ids.ts';
import type { Subscription, TopicEntry, TopicItem } from './topic-rows.ts';
import { TopicState, type Keeping, type Match } from './topic-state.ts';
import type { TopicStore } from './topic-store.ts';

/** Items that one commit takes at most: with entry and head within 50 operations. */
const MAX_ITEMS = 48;

/** Bytes that one commit takes at most. */
const MAX_BYTES = 256 * 1024;

/** A snapshot of the subscriptions is written after this many commits. */
const SNAPSHOT_EVERY = 200;

/** Deliveries under way at a time, and waiting at most. */
const DELIVERIES = 32;
const MAX_WAITING = 20_000;

/** How soon a delivery that failed is tried again, in ms; doubles up to ten minutes. */
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 600_000;
/** The longest pause where a freeze refuses, in ms: a thaw should be noticed soon. */
const FROZEN_RETRY_MS = 15_000;

/** What a topic works with. */
export interface TopicPorts {
  readonly clock: Clock;
  readonly keeping: Keeping;
  /** Wakes a continuation; resolves with whether it still waited. @throws when it could not be asked. */
  readonly deliver: (match: Match) => Promise<unknown>;
  /** Makes sure that somebody looks at the topic again soon, if this host dies. */
  readonly cover: () => Promise<void>;
  /** Called at crash points. */
  readonly crash: (point: CrashPoint) => void;
}

/** What a topic was given: an item to take, a subscription, or the end of one. */
type Given =
  | ({ readonly kind: 'item' } & Pick<TopicItem, 'id' | 'item' | 'traceparent'>)
  | { readonly kind: 'subscribe'; readonly subscription: Subscription }
  | { readonly kind: 'end'; readonly id: string };

interface Pending {
  readonly given: Given;
  readonly bytes: number;
  readonly done: (taken: boolean) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * One shard of a topic on this host. Whatever comes in while a commit is under way shares the next one. What a commit matches is
 * delivered after it, and a match that was not answered is found again by whoever has the topic next.
 */
export class WakeTopic {
  readonly ref: TopicRef;
  readonly #store: TopicStore;
  readonly #ports: TopicPorts;
  readonly #identity = randomBytes(9).toString('base64url');
  #commits = 0;
  #state: TopicState | undefined;
  #pending: Pending[] = [];
  #running: Promise<void> | undefined;
  /** Items that were taken before, and are not kept any more. */
  readonly #known = new RecentIds(20_000);
  readonly #waiting: Match[] = [];
  #delivering = 0;
  /** Deliveries that failed and wait for their next try, and how often each was tried. */
  #postponed = 0;
  readonly #tries = new Map<string, number>();
  #stopped = false;
  usedAtMs = 0;

  constructor(ref: TopicRef, store: TopicStore, ports: TopicPorts) {
    this.ref = ref;
    this.#store = store;
    this.#ports = ports;
  }

  /** Whether nothing is under way here. */
  get idle(): boolean {
    return !this.#running && !this.#owing;
  }

  get #owing(): boolean {
    return this.#delivering > 0 || this.#waiting.length > 0 || this.#postponed > 0;
  }

  /**
   * Takes an item; resolves once it is stored. @returns false when it was there before.
   *
   * @throws MaestroError `stream.busy`, retryable, when deliveries lag too far behind.
   */
  publish(id: string, item: TopicItem['item'], traceparent?: string): Promise<boolean> {
    if (this.#waiting.length + this.#postponed > MAX_WAITING) {
      throw new MaestroError(
        'stream.busy',
        `${this.ref.name} has ${this.#waiting.length} wakes to deliver`,
      );
    }
    return this.#give({ kind: 'item', id, item, traceparent }, JSON.stringify(item).length);
  }

  /** Subscribes a wait; resolves once that is stored. Idempotent. */
  async subscribe(subscription: Subscription): Promise<void> {
    await this.#give({ kind: 'subscribe', subscription }, 300);
  }

  /** Ends a subscription. Idempotent. */
  async unsubscribe(id: string): Promise<void> {
    await this.#give({ kind: 'end', id }, 100);
  }

  /** Reads the topic if it is not in memory, and delivers what it owes. @returns whether it owes anything. */
  async look(): Promise<boolean> {
    await this.#give(undefined, 0);
    return this.#owing;
  }

  /** The last items, newest first, and how many subscriptions there are. */
  async peek(
    count: number,
  ): Promise<{ readonly items: readonly TopicItem[]; readonly subscriptions: number }> {
    await this.#give(undefined, 0);
    const state = this.#state;
    return { items: state?.latest(count) ?? [], subscriptions: state?.subscriptions.length ?? 0 };
  }

  #give(given: Given | undefined, bytes: number): Promise<boolean> {
    this.usedAtMs = this.#ports.clock.nowMs();
    return new Promise<boolean>((done, failed) => {
      this.#pending.push({ given: given ?? { kind: 'end', id: '' }, bytes, done, failed });
      this.#run();
    });
  }

  #run(): void {
    this.#running ??= this.#commitAll().finally(() => {
      this.#running = undefined;
      if (this.#pending.length > 0) this.#run();
    });
  }

  async #commitAll(): Promise<void> {
    // What arrives in this round of the event loop shares the commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#pending.length > 0) {
      const batch = this.#takeBatch();
      try {
        await this.#commitBatch(batch);
      } catch (error) {
        this.#state = undefined;
        for (const { failed } of batch) failed(error);
      }
    }
  }

  #takeBatch(): Pending[] {
    let items = 0;
    let bytes = 0;
    const end = this.#pending.findIndex(({ given, bytes: size }) => {
      if (given.kind === 'item') items++;
      bytes += size;
      return items > MAX_ITEMS || (bytes > MAX_BYTES && bytes > size);
    });
    return this.#pending.splice(0, end < 0 ? this.#pending.length : end);
  }

  async #commitBatch(batch: readonly Pending[]): Promise<void> {
    for (;;) {
      const state = (this.#state ??= await this.#load());
      const fresh = this.#freshOf(batch, state);
      const entry = this.#entryOf(fresh, state);
      if (!entry.items && !entry.subscribed && !entry.ended) {
        // Another host may have written meanwhile: what is remembered would be the past.
        if (!(await this.#store.hasEntry(state.sequence + 1))) break;
        this.#state = undefined;
        continue;
      }
      if (state.sinceSnapshot >= SNAPSHOT_EVERY) await this.#snapshot(state);
      const head = { ...state.nextHead(), position: state.position + (entry.items?.length ?? 0) };
      if (entry.items || entry.subscribed) await this.#ports.cover();
      const result = await this.#store.commit(entry, head);
      if (result === 'conflict') {
        throw new MaestroError('commit.conflict', `another host has the topic ${this.ref.name}`);
      }
      if (result === 'known-items') {
        for (const id of await this.#store.knownItems(idsOf(batch))) this.#known.add(id);
        continue;
      }
      this.#ports.crash('topic.committed');
      this.#owe(state.apply(entry, head.sequence, this.#ports.clock.nowMs()));
      const taken = new Set(entry.items?.map(({ id }) => id));
      for (const { given, done } of batch) done(given.kind !== 'item' || taken.has(given.id));
      return;
    }
    for (const { given, done } of batch) done(given.kind !== 'item');
  }

  /** What of a batch changes anything: known items and repeated subscriptions do not. */
  #freshOf(batch: readonly Pending[], state: TopicState): readonly Given[] {
    const seen = new Set<string>();
    return batch
      .map(({ given }) => given)
      .filter((given) => {
        const key = given.kind === 'subscribe' ? given.subscription.id : given.id;
        if (seen.has(`${given.kind}/${key}`)) return false;
        seen.add(`${given.kind}/${key}`);
        if (given.kind === 'item') return !this.#known.has(key) && !state.knows(key);
        return given.kind === 'subscribe' ? !state.has(key) : state.has(key);
      });
  }

  #entryOf(fresh: readonly Given[], state: TopicState): TopicEntry {
    const atMs = this.#ports.clock.nowMs();
    let position = state.position;
    const items: TopicItem[] = [];
    const subscribed: Subscription[] = [];
    const ended: string[] = [];
    for (const given of fresh) {
      if (given.kind === 'item') {
        const { id, item, traceparent } = given;
        items.push({
          id,
          position: ++position,
          atMs,
          item,
          ...(traceparent === undefined ? {} : { traceparent }),
        });
      } else if (given.kind === 'subscribe') subscribed.push(given.subscription);
      else ended.push(given.id);
    }
    return {
      commit: `${this.#identity}.${++this.#commits}`,
      ...(items.length > 0 ? { items } : {}),
      ...(subscribed.length > 0 ? { subscribed } : {}),
      ...(ended.length > 0 ? { ended } : {}),
    };
  }

  async #load(): Promise<TopicState> {
    const { keeping, clock } = this.#ports;
    const head = await this.#store.readHead();
    const state = new TopicState(this.ref.kind, keeping, head);
    if (!head) return state;
    state.restore(await this.#store.readSnapshot(head.snapshot));
    const from = Math.min(head.keptFrom, head.snapshot.sequence + 1);
    const entries = await this.#store.readEntries(from, head.sequence);
    entries.forEach((entry, index) => {
      const sequence = from + index;
      if (sequence <= head.snapshot.sequence) state.keep(entry, sequence);
      else state.replay(entry, sequence);
    });
    this.#waiting.length = 0;
    this.#owe(await state.rematch(clock.nowMs()));
    return state;
  }

  async #snapshot(state: TopicState): Promise<void> {
    const { sequence, subscriptions } = state;
    const chunks = await this.#store.writeSnapshot(sequence, subscriptions);
    state.snapshotWritten({ sequence, chunks });
  }

  #owe(matches: readonly Match[]): void {
    this.#waiting.push(...matches);
    while (this.#delivering < DELIVERIES && this.#waiting.length > 0) void this.#deliverNext();
  }

  /** Wakes a continuation. One that does not exist, or not here any more, waits for nothing. */
  async #deliver(match: Match): Promise<void> {
    try {
      await this.#ports.deliver(match);
    } catch (error) {
      if (MaestroError.from(error).code !== 'continuation.not_found') throw error;
    }
  }

  async #deliverNext(): Promise<void> {
    const match = this.#waiting.shift();
    if (!match) return;
    this.#delivering++;
    try {
      await this.#deliver(match);
      this.#ports.crash('topic.delivered');
      this.#tries.delete(match.subscription.id);
      // It has what it waited for, or waits no more: either way it is over.
      void this.unsubscribe(match.subscription.id).catch(() => undefined);
    } catch (error) {
      this.#postpone(match, MaestroError.from(error).code === 'tenant.frozen');
    } finally {
      this.#delivering--;
      this.#owe([]);
    }
  }

  /** Tries a delivery again later, less and less often; meanwhile others are delivered. */
  #postpone(match: Match, frozen: boolean): void {
    const { id } = match.subscription;
    const tries = (this.#tries.get(id) ?? 0) + 1;
    this.#tries.set(id, tries);
    const mostMs = frozen ? FROZEN_RETRY_MS : MAX_RETRY_MS;
    const pauseMs = Math.min(RETRY_MS * 2 ** (tries - 1), mostMs);
    this.#postponed++;
    setTimeout(() => {
      this.#postponed--;
      if (!this.#stopped) this.#owe([match]);
    }, pauseMs).unref();
  }

  /** Forgets what it owes: another host has the topic, or will find it. */
  stop(): void {
    this.#stopped = true;
    this.#waiting.length = 0;
  }
}

function idsOf(batch: readonly Pending[]): string[] {
  return batch.flatMap(({ given }) => (given.kind === 'item' ? [given.id] : []));
}
