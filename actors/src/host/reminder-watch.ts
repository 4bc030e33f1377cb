import type { Clock } from '@maestro/core';
import type { Activation } from '../turn/activation.ts';

/** How late a reminder may be, while nothing else arrives, before the subscription counts as dead, in ms. A restarted scheduler needs about 20 s. */
const DEAD_AFTER_MS = 30_000;
/** How long the host calls itself unhealthy, in ms: three probes of the sidecar, one second apart, and some. */
const UNHEALTHY_MS = 5_000;
/** Checks come every few seconds; one that comes later than this, in ms, was held up. */
const STOPPED_MS = 10_000;
/**
 * Least time between two renewals, in ms; doubles with each that no callback followed: when the scheduler itself is
 * away, or the actors have moved without a word, they do not help.
 */
const PAUSE_MS = 60_000;

/**
 * Notices that the sidecar has stopped delivering. After placement and scheduler were both lost, daprd 1.18 can be left
 * with its actor type locked: it takes no reminder and answers no actor call until its app registers anew. So when
 * reminders that this host armed are long overdue and no callback comes at all, the host calls itself unhealthy for a
 * moment, which makes the sidecar do just that.
 */
export class ReminderWatch {
  readonly #clock: Clock;
  #lastCallbackMs: number;
  #lastCheckMs: number;
  #unhealthyUntilMs = 0;
  #notBeforeMs = 0;
  #pauseMs = PAUSE_MS;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastCallbackMs = clock.nowMs();
    this.#lastCheckMs = clock.nowMs();
  }

  /** A callback of the sidecar has arrived. */
  callbackArrived(): void {
    this.#lastCallbackMs = this.#clock.nowMs();
    this.#pauseMs = PAUSE_MS;
  }

  /** Whether the host has to call itself unhealthy now. */
  get renewing(): boolean {
    return this.#clock.nowMs() < this.#unhealthyUntilMs;
  }

  /** Calls the host unhealthy for a moment, whatever is armed. */
  renew(): void {
    const nowMs = this.#clock.nowMs();
    this.#unhealthyUntilMs = nowMs + UNHEALTHY_MS;
    this.#notBeforeMs = nowMs + this.#pauseMs;
    this.#pauseMs *= 2;
  }

  /** Looks at what is armed. @returns how late the oldest reminder is, in ms, when a renewal begins. */
  check(activations: Iterable<Activation>): number | undefined {
    const nowMs = this.#clock.nowMs();
    const sinceCheckMs = nowMs - this.#lastCheckMs;
    this.#lastCheckMs = nowMs;
    // The process itself was stopped, or the clock has jumped: what is overdue had no chance to arrive.
    if (sinceCheckMs > STOPPED_MS) this.#lastCallbackMs = nowMs;
    if (nowMs - this.#lastCallbackMs < DEAD_AFTER_MS || nowMs < this.#notBeforeMs) return undefined;
    let oldestMs = nowMs;
    for (const { memory } of activations) {
      if (memory?.armed) oldestMs = Math.min(oldestMs, memory.armed.atMs);
    }
    if (nowMs - oldestMs < DEAD_AFTER_MS) return undefined;
    this.renew();
    return nowMs - oldestMs;
  }
}
