import {
  MaestroError,
  partitionKeyOf,
  type ContinuationRef,
  type ContinuationStore,
  type EventLog,
  type Observability,
  type StoreScanner,
  type TenantDirectory,
} from '@maestro/core';
import type { CopyFollower, CopyStatus } from '../copy/copy-follower.ts';
import { pause } from '../pause.ts';
import { followFeed, type ChangeFeed } from '../feeds/change-feed.ts';
import { EventReader, type LogEnd } from '../reader/event-reader.ts';
import { replay, type Replay } from '../replay/replay.ts';
import type { WarehouseTables } from '../tables/warehouse-tables.ts';
import { measuredSink } from './measured-sink.ts';
import { MeasuredTotals } from './measured-totals.ts';
import { lastRebuild, rebuild, type RebuildProgress } from './rebuild.ts';
import { reconcile, type Reconciled } from './reconciler.ts';

/** Characters of offered messages that wait to be written at most; what is beyond is left to the reconciler. */
const MAX_WAITING_CHARS = 64 * 1024 * 1024;

/** Least time between two wakes of one continuation, in ms. */
const WAKE_PAUSE_MS = 10 * 60_000;

/** Pause between two builds of facts, in ms. */
const BUILD_MS = 5_000;

/** What tells operators how it goes. */
export interface WarehouseLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What a warehouse is made of. */
export interface WarehouseParts {
  readonly tables: WarehouseTables;
  /** Where events are read from that no message has brought, and heads to compare with. */
  readonly store: Pick<EventLog, 'readRange'> & Pick<ContinuationStore, 'readHead'>;
  /** Says which tenants were deleted: nothing of them is taken any more. */
  readonly tenants: Pick<TenantDirectory, 'deletion' | 'refresh'>;
  readonly openScanner: () => Promise<StoreScanner>;
  /** What the store itself tells of its heads, if it does. */
  readonly feed?: ChangeFeed | undefined;
  /** What brings events on to a warehouse of a cloud, if anything does. */
  readonly copy?: Pick<CopyFollower, 'run' | 'status'> | undefined;
  readonly wake: (ref: ContinuationRef) => Promise<void>;
  readonly observability: Observability;
  readonly reconcileMs: number;
  readonly notes: WarehouseLog;
}

/** Brings every committed event to the tables. */
export class Warehouse {
  readonly #parts: WarehouseParts;
  readonly #reader: EventReader;
  readonly #totals: MeasuredTotals;
  readonly #stopping = new AbortController();
  readonly #offered = new Set<Promise<void>>();
  #waitingChars = 0;
  readonly #sinceMs = Date.now();
  /** When continuations were woken last. */
  readonly #woken = new Map<string, number>();
  #working: Promise<unknown> | undefined;
  #last: Reconciled | undefined;
  /** Up to where the tables were complete when they were compared last. */
  #complete: ReadonlyMap<string, number> = new Map();
  /** The same of the walk that is under way. */
  #seen = new Map<string, number>();
  /** The rebuild since which that holds. */
  #rebuilt: string | undefined;
  #rebuilding: Promise<unknown> | undefined;
  #progress: RebuildProgress | undefined;

  constructor(parts: WarehouseParts) {
    this.#parts = parts;
    const sink = measuredSink(parts.tables, parts.observability, Date.now);
    this.#reader = new EventReader(parts.store, sink);
    this.#totals = new MeasuredTotals(parts.tables, parts.observability, Date.now);
  }

  /** What the last comparison with the store has found; undefined before the first. */
  get last(): Reconciled | undefined {
    return this.#last;
  }

  /** How far the copy is; undefined where there is none. */
  get copy(): CopyStatus | undefined {
    return this.#parts.copy?.status;
  }

  /**
   * Takes a message of the topic of events; resolves once the tables have it.
   *
   * @throws MaestroError, retryable unless the message is none that can ever be taken.
   */
  async take(message: unknown): Promise<void> {
    try {
      if (await this.#isOfDeleted(message)) return;
      await this.#reader.take(message);
    } catch (error) {
      if (error instanceof MaestroError) throw error;
      throw new MaestroError('warehouse.unavailable', 'events could not be written', {
        cause: error,
      });
    }
  }

  /**
   * Deletes every row of a tenant that was deleted.
   *
   * @throws MaestroError `tenant.not_deleted`.
   */
  async erase(tenant: string): Promise<void> {
    this.#parts.tenants.refresh(tenant);
    if (!(await this.#isDeleted(tenant))) {
      throw new MaestroError('tenant.not_deleted', `the tenant ${tenant} was not deleted`);
    }
    await this.#parts.tables.erase(tenant);
  }

  /** What was on its way when its tenant was deleted. */
  async #isOfDeleted(message: unknown): Promise<boolean> {
    const { tenant } = (message ?? {}) as { readonly tenant?: unknown };
    return typeof tenant === 'string' && (await this.#isDeleted(tenant));
  }

  async #isDeleted(tenant: string): Promise<boolean> {
    return (await this.#parts.tenants.deletion(tenant)) !== undefined;
  }

  /** Reads a log up to an end, unless it is of a tenant that was deleted. */
  async #readTo(end: LogEnd): Promise<void> {
    if (!(await this.#isDeleted(end.ref.tenant))) await this.#reader.readTo(end);
  }

  /** Takes a message without making whoever published it wait; one that gets lost is the reconciler's. */
  offer(message: unknown): void {
    const chars = JSON.stringify(message).length;
    if (this.#waitingChars + chars > MAX_WAITING_CHARS || this.#stopping.signal.aborted) return;
    this.#waitingChars += chars;
    const mine = this.take(message)
      .catch((error: unknown) =>
        this.#parts.notes.warn({ err: error }, 'events were not written: the reconciler will'),
      )
      .finally(() => {
        this.#waitingChars -= chars;
        this.#offered.delete(mine);
      });
    this.#offered.add(mine);
  }

  /** From now on compares store and tables, and takes new events into facts and dimensions, again and again. */
  start(): void {
    if (this.#working) return;
    const { observability, reconcileMs } = this.#parts;
    observability.set('maestro_warehouse_compare_every_ms', reconcileMs);
    observability.set('maestro_warehouse_compared_at_ms', this.#sinceMs);
    observability.set('maestro_warehouse_built_at_ms', this.#sinceMs);
    this.#working = Promise.all([
      this.#repeat(this.#parts.reconcileMs, 'the store could not be compared', (signal) =>
        this.#reconcileOnce(signal),
      ),
      this.#followFeed(),
      this.#parts.copy?.run(this.#stopping.signal),
      this.#repeat(BUILD_MS, 'facts could not be built', () => this.#buildOnce()),
    ]);
  }

  /** Replays one continuation; undefined when the store has none of that id. */
  async replay(ref: ContinuationRef): Promise<Replay | undefined> {
    const head = await this.#parts.store.readHead(ref);
    return head === undefined ? undefined : this.#replayTo(ref, head);
  }

  /** Replays every continuation of the store, or those of one tenant, one after the other, as of the heads that a walk over the store finds. */
  async *replayAll(
    tenant?: string,
  ): AsyncGenerator<{ readonly ref: ContinuationRef } & Replay, void> {
    const scanner = await this.#parts.openScanner();
    try {
      const { signal } = this.#stopping;
      const heads = scanner.heads({ signal, ...(tenant === undefined ? {} : { tenant }) });
      for await (const { ref, head } of heads) {
        yield { ref, ...(await this.#replayTo(ref, head)) };
      }
    } finally {
      await scanner.close();
    }
  }

  async #replayTo(ref: ContinuationRef, head: string): Promise<Replay> {
    try {
      return await replay(this.#parts.tables, ref, head);
    } catch (error) {
      const { code, message } = MaestroError.from(error);
      if (code !== 'log.corrupt') throw error;
      return { outcome: 'broken', fault: { sequence: 0, reason: 'payload', message } };
    }
  }

  /** How far the last rebuild of this process is; undefined when it has begun none. */
  get rebuildProgress(): RebuildProgress | undefined {
    return this.#progress;
  }

  /** Empties the tables and reads everything from the store again, in the background; one at a time, whoever asks. */
  startRebuild(): void {
    this.#rebuilding ??= rebuild(
      {
        tables: this.#parts.tables,
        openScanner: this.#parts.openScanner,
        readTo: (end) => this.#readTo(end),
        onFault: (ref, error) => this.#noteFault(ref, error),
      },
      this.#stopping.signal,
      (progress) => {
        this.#progress = progress;
      },
    ).then((ended) => {
      this.#rebuilding = undefined;
      this.#parts.notes.info({ ...ended }, 'the tables were rebuilt');
    });
  }

  /** Waits for what is under way, and closes the tables. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
    await this.#rebuilding;
    await Promise.all(this.#offered);
    await this.#parts.tables.close();
  }

  async #followFeed(): Promise<void> {
    const { feed, notes } = this.#parts;
    if (!feed) return;
    await followFeed(feed, (end) => this.#readTo(end), {
      signal: this.#stopping.signal,
      onError: (error) => notes.warn({ err: error }, 'the change feed could not be read'),
    });
  }

  async #repeat(
    everyMs: number,
    failure: string,
    work: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await work(signal).catch((error: unknown) => {
        if (!signal.aborted) this.#parts.notes.warn({ err: error }, failure);
      });
      await pause(everyMs, signal);
    }
  }

  async #buildOnce(): Promise<void> {
    const { tables, observability, copy } = this.#parts;
    const lag = copy?.status.lag;
    if (lag) observability.set('maestro_copy_lacking_events', lag.events);
    await tables.build();
    observability.set('maestro_warehouse_built_at_ms', tables.builtAtMs ?? this.#sinceMs);
    await this.#totals.measure();
  }

  #mayWake(ref: ContinuationRef): boolean {
    const nowMs = Date.now();
    for (const [key, atMs] of this.#woken) {
      if (nowMs - atMs < WAKE_PAUSE_MS) break;
      this.#woken.delete(key);
    }
    const key = partitionKeyOf(ref);
    if (this.#woken.has(key)) return false;
    this.#woken.set(key, nowMs);
    return true;
  }

  #noteFault(ref: ContinuationRef, error: unknown): void {
    this.#parts.notes.warn(
      { continuation: partitionKeyOf(ref), err: error },
      'a continuation could not be compared',
    );
  }

  async #isComplete({ ref, sequence }: LogEnd): Promise<boolean> {
    if (await this.#isDeleted(ref.tenant)) return true;
    const key = partitionKeyOf(ref);
    const complete =
      this.#complete.get(key) === sequence || (await this.#parts.tables.position(ref)) >= sequence;
    if (complete) this.#seen.set(key, sequence);
    return complete;
  }

  async #reconcileOnce(signal: AbortSignal): Promise<void> {
    const { openScanner, wake, observability, notes } = this.#parts;
    const rebuilt = await lastRebuild(this.#parts.tables);
    if (rebuilt !== this.#rebuilt) this.#complete = new Map();
    this.#rebuilt = rebuilt;
    const scanner = await openScanner();
    this.#seen = new Map();
    try {
      this.#last = await reconcile(
        {
          scanner,
          isComplete: (end) => this.#isComplete(end),
          readTo: (end) => this.#readTo(end),
          wake,
          mayWake: (ref) => this.#mayWake(ref),
          nowMs: Date.now,
          sinceMs: this.#sinceMs,
          onFault: (ref, error) => this.#noteFault(ref, error),
        },
        signal,
      );
    } finally {
      await scanner.close();
    }
    this.#complete = this.#seen;
    if (!signal.aborted) observability.set('maestro_warehouse_compared_at_ms', Date.now());
    observability.count('maestro_warehouse_behind_total', {}, this.#last.behind);
    observability.count('maestro_warehouse_overdue_total', {}, this.#last.overdue);
    if (this.#last.behind + this.#last.overdue > 0) {
      notes.info({ ...this.#last }, 'store and tables were compared');
    }
  }
}
