import type { Labels } from '@maestro/core';

/** One value of a counter or a gauge. */
export interface NumberPoint {
  readonly labels: Labels;
  readonly value: number;
}

/** What a histogram holds for one combination of labels. */
export interface HistogramPoint {
  readonly labels: Labels;
  readonly count: number;
  readonly sum: number;
  /** How many measurements are in each bucket alone; the last one is for what is above all bounds. */
  readonly counts: readonly number[];
}

/** A metric with everything that is known of it now. */
export type MetricSnapshot = { readonly name: string; readonly help: string } & (
  | { readonly kind: 'counter' | 'gauge'; readonly points: readonly NumberPoint[] }
  | {
      readonly kind: 'histogram';
      /** Upper bounds of the buckets, ascending. */
      readonly bounds: readonly number[];
      readonly points: readonly HistogramPoint[];
    }
);
