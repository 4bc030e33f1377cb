import type { MaestroClient } from '@maestro/client';
import type { StoredEvent } from '@maestro/core';
import type { Output } from '../output.ts';
import { eventLine } from '../print/print-event.ts';

/** Prints a continuation's events as they are committed, with a countdown while it sleeps. */
export class LifeView {
  readonly #output: Output;
  #countdown: NodeJS.Timeout | undefined;
  readonly #wakes: number[] = [];

  constructor(output: Output) {
    this.#output = output;
  }

  /** How late each timer wake was, in ms. */
  get lateness(): readonly number[] {
    return this.#wakes;
  }

  /** Follows a life to its end. `onSleep` is called at each sleep with the time it is to end. */
  async follow(
    client: MaestroClient,
    id: string,
    options: { readonly signal: AbortSignal; readonly onSleep: (untilMs: number) => void },
  ): Promise<StoredEvent | undefined> {
    let last: StoredEvent | undefined;
    try {
      for await (const event of client.follow(id, { signal: options.signal })) {
        last = event;
        this.stopCountdown();
        this.#output.result(event, () => [eventLine(this.#output, event)]);
        const { wake, cause, lateMs } = event.payload as {
          wake?: { at?: string };
          cause?: { kind: string };
          lateMs?: number;
        };
        if (event.type === 'wake' && cause?.kind === 'timer') this.#wakes.push(lateMs ?? 0);
        if (event.type === 'sleep' && wake?.at) {
          const untilMs = Date.parse(wake.at);
          this.#startCountdown(untilMs);
          options.onSleep(untilMs);
        }
      }
    } finally {
      this.stopCountdown();
    }
    return last;
  }

  /** Ends the countdown line, so that something else can be printed. */
  stopCountdown(): void {
    clearInterval(this.#countdown);
    this.#countdown = undefined;
    if (process.stdout.isTTY && !this.#output.json) process.stdout.write('\r\u001B[K');
  }

  #startCountdown(untilMs: number): void {
    if (this.#output.json) return;
    if (!process.stdout.isTTY) {
      this.#output.note(`       sleeps for ${((untilMs - Date.now()) / 1000).toFixed(1)} s`);
      return;
    }
    this.#countdown = setInterval(() => {
      const left = Math.max(0, untilMs - Date.now());
      process.stdout.write(`\r       sleeps, wakes in ${(left / 1000).toFixed(1)} s \u001B[K`);
    }, 100);
  }
}
