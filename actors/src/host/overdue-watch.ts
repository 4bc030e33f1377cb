import type { Clock, ContinuationRef } from '@maestro/core';
import type { Activation, Memory } from '../turn/activation.ts';
import { duesOf } from '../turn/lease.ts';

/** How late something may be before its reminder counts as lost, in ms: three firings, ten seconds apart, and a scheduler's restart. */
const LOST_AFTER_MS = 60_000;

/** Least time between two pokes of one continuation, in ms. */
const PAUSE_MS = 60_000;

/** Checks come every few seconds; after one that comes later than this, in ms, the host was held up, not the reminders. */
const STOPPED_MS = 10_000;

/** Pokes that one check makes at most: the rest is the next one's. */
const AT_ONCE = 50;

/** A continuation that was found. */
interface Found {
  readonly ref: ContinuationRef;
  /** When it was poked last. */
  atMs: number;
  /** Whether the last poke was answered. */
  reached: boolean;
}

/**
 * Finds continuations in memory that are long overdue although nothing goes on with them: a reminder was lost. One that
 * cannot be reached is found again, whatever this host remembers of it by then. Those that no host remembers a
 * warehouse finds, or `maestro repair --rearm`.
 */
export class OverdueWatch {
  readonly #clock: Clock;
  readonly #found = new Map<string, Found>();
  #lastCheckMs: number;
  /** What was due before counts from here. */
  #sinceMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastCheckMs = clock.nowMs();
  }

  /**
   * Pokes those whose reminders have to be armed anew now.
   *
   * @param poke has a continuation look for itself; rejects when it was not reached.
   */
  check(activations: Iterable<Activation>, poke: (ref: ContinuationRef) => Promise<unknown>): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#lastCheckMs > STOPPED_MS) this.#sinceMs = nowMs;
    this.#lastCheckMs = nowMs;
    for (const [actorId, { reached, atMs }] of this.#found) {
      if (reached && nowMs - atMs >= PAUSE_MS) this.#found.delete(actorId);
    }
    for (const { memory, mutex, actorId, ref } of activations) {
      if (!memory?.owned || mutex.size > 0 || this.#found.has(actorId)) continue;
      if (Math.max(this.#sinceMs, awaitedMs(memory)) > nowMs - LOST_AFTER_MS) continue;
      this.#found.set(actorId, { ref, atMs: Number.NEGATIVE_INFINITY, reached: false });
    }
    let left = AT_ONCE;
    for (const found of this.#found.values()) {
      if (found.reached || nowMs - found.atMs < PAUSE_MS || left-- <= 0) continue;
      found.atMs = nowMs;
      void poke(found.ref).then(
        () => {
          found.reached = true;
        },
        // It is poked again.
        () => undefined,
      );
    }
  }
}

/** When a reminder was to come at the latest, in ms since the epoch. */
function awaitedMs(memory: Memory): number {
  const unfinished = memory.calls.length > 0 || memory.undone.length > 0;
  const armedMs = unfinished && memory.armed ? [memory.armed.atMs] : [];
  return Math.min(...duesOf(memory), ...armedMs);
}
