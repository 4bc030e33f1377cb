import { CosmosError } from './cosmos-error.ts';

/** The service's budget is per second, so that it never asks to wait longer. */
const LONGEST_WAIT_MS = 1000;
const REQUEST_RATE_TOO_LARGE = 3200;

/** Refuses requests for a while, as a container without request units left does. */
export class Throttle {
  #untilMs = 0;

  /** Begins now and ends by itself; 0 ends it at once. */
  start(forMs: number, nowMs: number): void {
    this.#untilMs = nowMs + forMs;
  }

  /** Throws a 429 while it lasts. */
  check(nowMs: number): void {
    const leftMs = this.#untilMs - nowMs;
    if (leftMs <= 0) return;
    throw new CosmosError(
      429,
      'Request rate is large. More Request Units may be needed, so no changes were made.',
      { substatus: REQUEST_RATE_TOO_LARGE, retryAfterMs: Math.min(leftMs, LONGEST_WAIT_MS) },
    );
  }
}
