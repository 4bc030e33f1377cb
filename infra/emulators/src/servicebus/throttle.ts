import { serverBusy } from './service-bus-error.ts';

/** Refuses operations for a while, as a namespace without credits left does. */
export class Throttle {
  #untilMs = 0;

  /** Begins now and ends by itself; 0 ends it at once. */
  start(forMs: number, nowMs: number): void {
    this.#untilMs = nowMs + forMs;
  }

  /** Throws while it lasts. */
  check(nowMs: number): void {
    if (nowMs < this.#untilMs) throw serverBusy();
  }
}
