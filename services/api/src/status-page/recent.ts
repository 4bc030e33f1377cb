import type { Clock } from '@maestro/core';

/** How long what was read is good for, in ms. */
const KEEP_MS = 5_000;
/** How much longer it is kept than it took to read: reading then takes at most a tenth of the time, however slow it is. */
const KEEP_FACTOR = 10;
/** How long somebody who looks waits for a reading, in ms; then they get what was read before. */
const WAIT_MS = 2_000;

/** What was read last, and how well that went. */
export interface Seen<T> {
  /** Undefined before the first reading that went well. */
  readonly value: T | undefined;
  /** When that was, in ms since the epoch. */
  readonly readAtMs: number | undefined;
  /** Since when readings fail or do not end, in ms since the epoch; undefined while they go well. */
  readonly awaySinceMs: number | undefined;
}

/**
 * Something that is read when somebody looks, but seldom, by one reading at a time, and that is still known when it
 * cannot be read any more.
 */
export class Recent<T> {
  readonly #read: () => Promise<T>;
  readonly #clock: Clock;
  readonly #waitMs: number;
  #value: T | undefined;
  #readAtMs: number | undefined;
  #awaySinceMs: number | undefined;
  #nextAtMs = -Infinity;
  #reading: { readonly sinceMs: number; readonly done: Promise<void> } | undefined;

  constructor(read: () => Promise<T>, clock: Clock, options: { readonly waitMs?: number } = {}) {
    this.#read = read;
    this.#clock = clock;
    this.#waitMs = options.waitMs ?? WAIT_MS;
  }

  /** Never rejects; answers after two seconds at the latest. */
  async look(): Promise<Seen<T>> {
    const nowMs = this.#clock.nowMs();
    if (!this.#reading && nowMs >= this.#nextAtMs) {
      this.#reading = { sinceMs: nowMs, done: this.#readOnce(nowMs) };
    }
    await this.#settled();
    return {
      value: this.#value,
      readAtMs: this.#readAtMs,
      awaySinceMs: this.#awaySinceMs ?? this.#reading?.sinceMs,
    };
  }

  async #settled(): Promise<void> {
    if (!this.#reading) return;
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#waitMs);
    });
    await Promise.race([this.#reading.done, waited]);
    clearTimeout(timer);
  }

  async #readOnce(sinceMs: number): Promise<void> {
    try {
      // Also what throws at once fails later than whoever looks has noted that a reading is under way.
      this.#value = await Promise.resolve().then(this.#read);
      this.#readAtMs = this.#clock.nowMs();
      this.#awaySinceMs = undefined;
    } catch {
      this.#awaySinceMs ??= sinceMs;
    }
    const nowMs = this.#clock.nowMs();
    this.#nextAtMs = nowMs + Math.max(KEEP_MS, KEEP_FACTOR * (nowMs - sinceMs));
    this.#reading = undefined;
  }
}
