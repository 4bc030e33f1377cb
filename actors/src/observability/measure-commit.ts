import type { ContinuationEvent, ContinuationState, Observability } from '@maestro/core';
import type { Memory } from '../turn/activation.ts';

/** A turn that was committed. */
export interface MeasuredCommit {
  readonly events: readonly ContinuationEvent[];
  /** The state after it. */
  readonly state: Pick<ContinuationState, 'activity' | 'paused'>;
  /** When the turn began and when it was committed, in ms since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
}

/** Counts what was committed, and measures ticks that end with it if they began in the same memory. */
export function measureCommit(
  observability: Observability,
  memory: Pick<Memory, 'tickBeganMs'>,
  { events, state, startMs, endMs }: MeasuredCommit,
): void {
  for (const event of events) {
    observability.count('maestro_events_committed_total', { type: event.type });
    if (event.type === 'budget_charge') {
      observability.count('maestro_spent_micro_usd_total', {}, event.payload.microUsd);
    } else if (event.type === 'wake') {
      observability.count('maestro_ticks_total');
      memory.tickBeganMs = startMs;
      if (event.payload.cause.kind === 'timer') {
        observability.record('maestro_wake_lateness_ms', event.payload.lateMs);
      }
    }
  }
  // A pause is no part of a tick, and none that a pause interrupts is measured.
  if (state.paused) memory.tickBeganMs = null;
  if (state.activity || memory.tickBeganMs === null) return;
  observability.record('maestro_tick_ms', Math.max(0, endMs - memory.tickBeganMs));
  memory.tickBeganMs = null;
}
