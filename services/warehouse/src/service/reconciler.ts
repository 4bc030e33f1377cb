import { ContinuationState, type ContinuationRef, type StoreScanner } from '@maestro/core';
import type { LogEnd } from '../reader/event-reader.ts';

/** How late something may be before its reminder counts as lost, in ms: three firings, ten seconds apart, and a scheduler's restart. */
const LOST_AFTER_MS = 60_000;

/** The same of the lease of a step that runs: heartbeats extend it in the memory of its host alone. */
const STEP_LOST_AFTER_MS = 15 * 60_000;

/** Heads that are compared, or continuations that are woken, at a time. */
const AT_ONCE = 16;

/** Continuations that one walk has woken at most: what is overdue then is the next one's. */
const MAX_WOKEN = 1_000;

/** What a walk over the store has found. */
export interface Reconciled {
  readonly heads: number;
  /** Continuations of which the tables lacked events. */
  readonly behind: number;
  /** Continuations that were overdue and have been woken. */
  readonly overdue: number;
  /** Heads that could not be read, events that could not be had, and continuations that could not be woken. */
  readonly failed: number;
}

/** What a reconciler works with. */
export interface ReconcilerPorts {
  readonly scanner: StoreScanner;
  /** Whether the tables have everything up to an end. */
  readonly isComplete: (end: LogEnd) => Promise<boolean>;
  readonly readTo: (end: LogEnd) => Promise<void>;
  /** Has a continuation look whether anything is due, and arms its reminder anew. */
  readonly wake: (ref: ContinuationRef) => Promise<void>;
  /** Whether one that is overdue may be woken now, which it was not a moment ago. */
  readonly mayWake: (ref: ContinuationRef) => boolean;
  readonly nowMs: () => number;
  /** What was due before this counts from here, in ms since the epoch: reminders had no chance to arrive. */
  readonly sinceMs: number;
  readonly onFault: (ref: ContinuationRef, error: unknown) => void;
}

/**
 * Compares every head of the store with the tables: reads from the logs what no message has brought; afterwards wakes
 * what is overdue by a minute. Safe to run beside others.
 */
export async function reconcile(ports: ReconcilerPorts, signal: AbortSignal): Promise<Reconciled> {
  const found = { heads: 0, behind: 0, overdue: 0, failed: 0 };
  const late: ContinuationRef[] = [];
  const tried = async (ref: ContinuationRef, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (signal.aborted) return;
      found.failed++;
      ports.onFault(ref, error);
    }
  };
  await severalAtATime(ports.scanner.heads({ signal }), signal, ({ ref, head }) => {
    found.heads++;
    return tried(ref, async () => {
      const state = ContinuationState.parse(JSON.parse(head));
      if (isOverdue(state, ports) && late.length < MAX_WOKEN && ports.mayWake(ref)) late.push(ref);
      const end = { ref, sequence: state.sequence };
      if (await ports.isComplete(end)) return;
      await ports.readTo(end);
      found.behind++;
    });
  });
  await severalAtATime(late, signal, (ref) =>
    tried(ref, async () => {
      await ports.wake(ref);
      found.overdue++;
    }),
  );
  return found;
}

/** Does something with each of many, several at a time; waits for what it began also when it is to stop. */
async function severalAtATime<T>(
  all: AsyncIterable<T> | Iterable<T>,
  signal: AbortSignal,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const under = new Set<Promise<void>>();
  try {
    for await (const one of all) {
      if (signal.aborted) break;
      const mine = work(one).finally(() => under.delete(mine));
      under.add(mine);
      if (under.size >= AT_ONCE) await Promise.race(under);
    }
  } finally {
    await Promise.all(under);
  }
}

function isOverdue(state: ContinuationState, ports: ReconcilerPorts): boolean {
  if (state.dueMs === null) return false;
  const allowedMs = state.activity?.kind === 'running' ? STEP_LOST_AFTER_MS : LOST_AFTER_MS;
  const dueMs = Math.max(state.dueMs - (state.skippedMs ?? 0), ports.sinceMs);
  return dueMs <= ports.nowMs() - allowedMs;
}
