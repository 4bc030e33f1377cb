/** The pause before the first poll that follows one in vain, in ms. */
export const FIRST_POLL_MS = 100;
const SLOWEST_POLL_MS = 1000;

/** The pause after one that was in vain, in ms. */
export function nextPollMs(delayMs: number): number {
  return Math.min(delayMs * 2, SLOWEST_POLL_MS);
}

/** A pause that a nudge ends early; a nudge that comes before it makes the next one end at once. */
export class NudgedPause {
  readonly #signal: AbortSignal;
  #nudged = false;
  #wake: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.end(), { once: true });
  }

  /** Ends it. */
  end(): void {
    this.#nudged = true;
    this.#wake?.();
  }

  /** Waits for so many ms, a nudge, or the signal. */
  async wait(ms: number): Promise<void> {
    if (!this.#nudged && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = undefined;
    }
    this.#nudged = false;
  }
}
