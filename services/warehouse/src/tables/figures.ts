import type { ContinuationStatus } from '@maestro/core';

/** How many whole or begun minutes figures go back. */
export const FIGURE_MINUTES = 60;

/** How something that was measured is spread; null where nothing was. Each is a value that was measured. */
export interface Spread {
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** What happened in some time, whoever's it was. */
export interface FlowFigures {
  /** Continuations that began. */
  readonly started: number;
  /** Continuations that ended, by how. */
  readonly completed: number;
  readonly failed: number;
  readonly killed: number;
  /** Ticks that began. */
  readonly ticks: number;
  /** How much later than it was due each of them began that a timer woke. */
  readonly lateMs: Spread;
  /** From wake to sleep or end, of ticks that ended; what lies within one turn takes no time. */
  readonly tickMs: Spread;
  /** What ticks cost that ended, in millionths of a US dollar. */
  readonly tickMicroUsd: Spread;
  /** The sum of that. */
  readonly spentMicroUsd: number;
  /** Attempts of steps that ended, and those of them that failed. */
  readonly steps: number;
  readonly stepFailures: number;
  /** From start to report, of steps outside the turn. */
  readonly stepMs: Spread;
  /** From the turn that woke a continuation until the tables had that wake, of wakes that came to the tables. */
  readonly lagMs: Spread;
}

/** Figures of all tenants together. As fresh as the last build, but for `lagMs`. */
export interface Figures {
  /** When they were read, in ms since the epoch. */
  readonly atMs: number;
  /** Continuations by status. */
  readonly lives: Readonly<Record<ContinuationStatus, number>>;
  /** Charged since ever, in millionths of a US dollar. */
  readonly spentMicroUsd: number;
  /** Of all minutes together. */
  readonly hour: FlowFigures;
  /** The last {@link FIGURE_MINUTES} minutes of the clock, the one that has begun last; `fromMs` in ms since the epoch. */
  readonly minutes: readonly (FlowFigures & { readonly fromMs: number })[];
}
