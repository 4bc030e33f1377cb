import { isFinished, type ContinuationRef, type ContinuationStore } from '@maestro/core';
import { readHeadPosition, type HeadPosition } from '../view/head-position.ts';
import type { CommitNudges } from './commit-nudges.ts';
import { FIRST_POLL_MS, nextPollMs, NudgedPause } from './nudged-pause.ts';

/** What is waited for, and until when. */
export interface WaitForEventOptions {
  readonly store: ContinuationStore;
  readonly nudges: CommitNudges;
  readonly ref: ContinuationRef;
  /** Sequence of the event that is waited for. */
  readonly sequence: number;
  /** How long to wait, in ms. */
  readonly forMs: number;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/**
 * Where a log stands once it has an event, or when it is known that it will not have one for now: its continuation has
 * finished, the time is over, or the signal has aborted.
 *
 * @throws MaestroError `continuation.not_found`, `log.corrupt`, or what reading throws.
 */
export async function waitForEvent(options: WaitForEventOptions): Promise<HeadPosition> {
  const { store, nudges, ref, sequence, forMs, signal } = options;
  const endMs = performance.now() + forMs;
  const pause = new NudgedPause(signal);
  const stopNudges = nudges.on(ref, () => pause.end());
  let delayMs = FIRST_POLL_MS;
  try {
    for (;;) {
      const head = await readHeadPosition(store, ref);
      const leftMs = endMs - performance.now();
      if (head.sequence >= sequence || isFinished(head.status)) return head;
      if (leftMs <= 0 || signal.aborted) return head;
      await pause.wait(Math.min(delayMs, leftMs));
      delayMs = nextPollMs(delayMs);
    }
  } finally {
    stopNudges();
  }
}
