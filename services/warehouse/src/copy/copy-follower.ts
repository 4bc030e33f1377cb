import { MaestroError, partitionKeyOf, type ContinuationRef } from '@maestro/core';
import { pause } from '../pause.ts';
import type { EventColumns } from '../tables/event-columns.ts';
import { copyBatches, lastOfLogs } from './copy-batches.ts';
import type { CopyLag, CopySource, LackingLog } from './copy-source.ts';
import type { CopyTarget } from './copy-target.ts';
import { TargetRefusal } from './target-refusal.ts';

/** Logs that are looked at together. */
const PAGE = 1_000;

/** Pauses after failures, in ms. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/** What is under way at a stop may take so long, in ms: a target that hangs holds no process up. */
const STOP_MS = 5_000;

/** How long a log that the target refuses is left aside, in ms. */
const REFUSED_MS = 10 * 60_000;

/** When so many logs of a page are refused that were not before, and none is taken, it is not for what they hold. */
const MAX_REFUSED = 10;

/** How far a copy is, for people and probes. */
export interface CopyStatus {
  readonly target: string;
  /** What it lacks, as of the last look; null before the first. */
  readonly lag: CopyLag | null;
  /** When it last had everything that was there to be copied, in ms since the epoch; null when it never had. */
  readonly completeAtMs: number | null;
  /** Logs that the target refuses, or that are broken here; they are tried again every ten minutes. */
  readonly refused: number;
  /** Why the last round failed; null when it did not. */
  readonly problem: string | null;
}

/** What a follower works with. */
export interface CopyParts {
  readonly source: CopySource;
  readonly target: CopyTarget;
  /** Pause between two rounds, in ms. */
  readonly everyMs: number;
  readonly notes: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
  /** @default 1000 */
  readonly firstRetryMs?: number;
  /** @default 5000 */
  readonly stopMs?: number;
}

/**
 * Brings new events to a target, again and again. How far the target has come is noted in the tables after the target
 * has committed, so a follower that is killed brings some events again, which the target passes over.
 */
export class CopyFollower {
  readonly #parts: CopyParts;
  /** The target's id once it is open and its ends are noted. */
  #target: string | undefined;
  /** Until when logs are left aside; those of which that is past are tried again. */
  readonly #refusedUntilMs = new Map<string, number>();
  /** Logs of this page that the target has refused, and why. */
  readonly #refusedNow = new Map<
    string,
    { readonly ref: ContinuationRef; readonly error: unknown }
  >();
  #hasToBuild = true;
  #status: Omit<CopyStatus, 'target' | 'refused'> = {
    lag: null,
    completeAtMs: null,
    problem: null,
  };
  /** The target of which ends were noted in this process. */
  #noted: string | undefined;

  constructor(parts: CopyParts) {
    this.#parts = parts;
  }

  get status(): CopyStatus {
    const { name } = this.#parts.target;
    return { target: name, refused: this.#refusedUntilMs.size, ...this.#status };
  }

  /** Follows until the signal aborts; never rejects. What is under way then has five seconds, and is left behind. */
  async run(signal: AbortSignal): Promise<void> {
    const { target, stopMs = STOP_MS } = this.#parts;
    const close = (): Promise<void> => target.close().catch(() => undefined);
    await new Promise<void>((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const giveUp = (): void => {
        timer = setTimeout(resolve, stopMs);
      };
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
      void this.#follow(signal)
        // What was left behind may have opened the target meanwhile.
        .then(close, close)
        .then(() => {
          clearTimeout(timer);
          resolve();
        });
    });
    await close();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { everyMs, firstRetryMs = FIRST_RETRY_MS, notes } = this.#parts;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#round(signal);
        if (failures > 0) notes.info({ ...this.status }, 'the copy goes on');
        failures = 0;
        await pause(everyMs, signal);
      } catch (error) {
        if (signal.aborted) break;
        failures++;
        const retryMs = Math.min(firstRetryMs * 2 ** (failures - 1), LONGEST_RETRY_MS);
        await this.#failed(error);
        notes.warn({ ...this.status, err: error, retryMs }, 'the copy could not go on');
        await pause(retryMs, signal);
      }
    }
  }

  async #failed(thrown: unknown): Promise<void> {
    const { source, target } = this.#parts;
    this.#hasToBuild = true;
    this.#target = undefined;
    await target.close().catch(() => undefined);
    const id = this.#noted;
    const lag = id === undefined ? null : await source.lag(id).catch(() => null);
    // The target has less than was noted: somebody has put it back.
    if (MaestroError.from(thrown).code === 'request.invalid') this.#noted = undefined;
    this.#status = { ...this.#status, lag: lag ?? this.#status.lag, problem: problemOf(thrown) };
  }

  async #round(signal: AbortSignal): Promise<void> {
    const { target, source, notes } = this.#parts;
    this.#target ??= await this.#open();
    const id = this.#target;
    let loaded = 0;
    let after: ContinuationRef | undefined;
    for (;;) {
      if (signal.aborted) return;
      const page = await source.lacking(id, after, PAGE);
      const last = page.at(-1);
      // A round that has much to copy takes long, and says so meanwhile.
      if (last) this.#status = { ...this.#status, lag: await source.lag(id) };
      loaded += await this.#copy(id, page, signal);
      if (!last || page.length < PAGE) break;
      after = last.ref;
    }
    if (loaded > 0 || this.#hasToBuild) await target.build();
    this.#hasToBuild = false;
    const lag = await source.lag(id);
    this.#status = {
      lag,
      completeAtMs: lag.events === 0 ? Date.now() : this.#status.completeAtMs,
      problem: null,
    };
    if (loaded > 0) notes.info({ loaded, ...this.status }, 'events were copied');
  }

  /** Opens the target, and notes how far it has come by its own account. */
  async #open(): Promise<string> {
    const { target, source } = this.#parts;
    const id = await target.open();
    if (this.#noted === id) return id;
    this.#refusedUntilMs.clear();
    await source.forget(id);
    let after: ContinuationRef | undefined;
    for (;;) {
      const ends = await target.ends({ limit: 10_000, ...(after ? { after } : {}) });
      const last = ends.at(-1);
      if (!last) break;
      await source.note(id, ends);
      after = last.ref;
    }
    this.#noted = id;
    return id;
  }

  /** @returns how many events were loaded. */
  async #copy(id: string, lacking: readonly LackingLog[], signal: AbortSignal): Promise<number> {
    let loaded = 0;
    this.#refusedNow.clear();
    const wanted = lacking.filter(({ ref }) => !this.#isAside(ref));
    const batches = copyBatches(this.#parts.source, wanted, (ref, error) =>
      this.#leaveAside(ref, error, 'a log was not copied: a row of it is no event of its place'),
    );
    for await (const batch of batches) {
      if (signal.aborted) return loaded;
      loaded += await this.#load(id, batch);
    }
    const refused = [...this.#refusedNow];
    const fresh = refused.filter(([key]) => !this.#refusedUntilMs.has(key));
    const [, last] = fresh.at(-1) ?? [];
    if (last && loaded === 0 && fresh.length >= MAX_REFUSED) throw last.error;
    for (const [, { ref, error }] of refused) {
      this.#leaveAside(ref, error, 'a log was not copied: the target refuses it');
    }
    return loaded;
  }

  #isAside(ref: ContinuationRef): boolean {
    const key = partitionKeyOf(ref);
    return this.#refusedNow.has(key) || (this.#refusedUntilMs.get(key) ?? 0) > Date.now();
  }

  #leaveAside(ref: ContinuationRef, error: unknown, why: string): void {
    const continuation = partitionKeyOf(ref);
    this.#refusedUntilMs.set(continuation, Date.now() + REFUSED_MS);
    this.#parts.notes.warn({ continuation, err: error }, why);
  }

  /** Loads a batch; when the target refuses it, its halves, down to the log that it refuses. */
  async #load(id: string, batch: readonly EventColumns[]): Promise<number> {
    const { target, source } = this.#parts;
    const events = batch.filter(({ ref }) => !this.#isAside(ref));
    const ends = lastOfLogs(events);
    const [first] = ends;
    if (!first) return 0;
    try {
      await target.load(events);
    } catch (error) {
      const { code } = MaestroError.from(error);
      if (['warehouse.unavailable', 'request.invalid'].includes(code)) throw error;
      if (ends.length === 1) {
        this.#refusedNow.set(partitionKeyOf(first.ref), { ref: first.ref, error });
        return 0;
      }
      const middle = events.indexOf(ends[Math.ceil(ends.length / 2) - 1] ?? first) + 1;
      const half = await this.#load(id, events.slice(0, middle));
      return half + (await this.#load(id, events.slice(middle)));
    }
    for (const { ref } of ends) this.#refusedUntilMs.delete(partitionKeyOf(ref));
    await source.note(id, ends);
    return events.length;
  }
}

/** Why a round failed, in words of our own: those of a driver may hold values of rows. */
function problemOf(thrown: unknown): string {
  if (thrown instanceof MaestroError || thrown instanceof TargetRefusal) return thrown.message;
  return 'the copy fails: the log of the warehouse tells why';
}
