import {
  isFinished,
  type ContinuationRef,
  type ContinuationStatus,
  type ContinuationStore,
  type EventLog,
} from '@maestro/core';
import { readHeadPosition } from '../view/head-position.ts';
import { readRows } from '../view/log-rows.ts';
import type { CommitNudges } from './commit-nudges.ts';

const PAGE = 100;
const FIRST_POLL_MS = 100;
const SLOWEST_POLL_MS = 1000;

/** Rows as they come in, and at last how the continuation ended. */
export type TailItem =
  | { readonly kind: 'row'; readonly sequence: number; readonly row: string }
  | { readonly kind: 'end'; readonly status: ContinuationStatus; readonly sequence: number };

/** What is tailed, from where, and how. */
export interface TailOptions {
  readonly store: ContinuationStore & EventLog;
  readonly nudges: CommitNudges;
  readonly ref: ContinuationRef;
  /** Sequence of the first row to give. */
  readonly from: number;
  /** Ends the tail. */
  readonly signal: AbortSignal;
  /** Told when the store could not be read; the tail goes on. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Follows a log until its continuation has finished or the signal aborts: polls the head, ever slower while nothing
 * happens, and at once when nudged. A store that does not answer is asked again.
 */
export async function* tailLog(options: TailOptions): AsyncGenerator<TailItem, void> {
  const { store, nudges, ref, signal } = options;
  const pause = new NudgedPause(signal);
  const stopNudges = nudges.on(ref, () => pause.end());
  let next = options.from;
  let delayMs = FIRST_POLL_MS;
  try {
    while (!signal.aborted) {
      try {
        const head = await readHeadPosition(store, ref, signal);
        if (isFinished(head.status) && next > head.sequence) {
          yield { kind: 'end', status: head.status, sequence: head.sequence };
          return;
        }
        const rows = await readRows(
          store,
          ref,
          next,
          Math.min(PAGE, head.sequence - next + 1),
          signal,
        );
        for (const row of rows) yield { kind: 'row', sequence: next++, row };
        if (rows.length > 0) {
          delayMs = FIRST_POLL_MS;
          continue;
        }
      } catch (error) {
        if (signal.aborted) return;
        options.onFault(error);
      }
      await pause.wait(delayMs);
      delayMs = Math.min(delayMs * 2, SLOWEST_POLL_MS);
    }
  } finally {
    stopNudges();
  }
}

/** A pause that a nudge ends early; a nudge that comes before it makes the next one end at once. */
class NudgedPause {
  readonly #signal: AbortSignal;
  #nudged = false;
  #wake: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.end(), { once: true });
  }

  end(): void {
    this.#nudged = true;
    this.#wake?.();
  }

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
