import type { Clock } from '@maestro/core';

/** A clock that moves only when it is told to. */
export class FakeClock implements Clock {
  #nowMs: number;

  constructor(startMs = Date.parse('2026-01-01T00:00:00.000Z')) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** Moves on by a number of ms. */
  advance(ms: number): void {
    this.#nowMs += ms;
  }

  /** Moves on to an instant; never back. */
  advanceTo(ms: number): void {
    this.#nowMs = Math.max(this.#nowMs, ms);
  }
}
