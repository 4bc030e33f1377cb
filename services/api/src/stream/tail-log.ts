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
import { FIRST_POLL_MS, NudgedPause, nextPollMs } from './nudged-pause.ts';

const PAGE = 100;

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
      delayMs = nextPollMs(delayMs);
    }
  } finally {
    stopNudges();
  }
}
