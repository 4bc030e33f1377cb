import type { CounterName, HistogramName, Labels, Observability } from '@maestro/core';

/** Keeps counts and measurements in memory. */
export class MemoryObservability implements Observability {
  readonly #counts = new Map<string, number>();
  readonly #values = new Map<string, number[]>();

  count(name: CounterName, _labels: Labels = {}, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  record(name: HistogramName, value: number): void {
    this.#values.set(name, [...(this.#values.get(name) ?? []), value]);
  }

  /** Sum of a counter over all labels. */
  counted(name: CounterName): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Everything that was recorded under a name. */
  recorded(name: HistogramName): readonly number[] {
    return this.#values.get(name) ?? [];
  }
}
