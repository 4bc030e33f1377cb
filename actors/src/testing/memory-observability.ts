import type {
  CounterName,
  GaugeName,
  GaugeValue,
  HistogramName,
  Labels,
  LabelsOf,
  Observability,
} from '@maestro/core';

/** Keeps counts and measurements in memory. */
export class MemoryObservability implements Observability {
  readonly #counts = new Map<string, number>();
  readonly #values = new Map<string, number[]>();
  readonly #gauges = new Map<string, Map<string, number>>();

  count(name: CounterName, _labels: Labels = {}, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  record(name: HistogramName, value: number): void {
    this.#values.set(name, [...(this.#values.get(name) ?? []), value]);
  }

  set<N extends GaugeName>(name: N, value: number, labels: LabelsOf<N> = {} as LabelsOf<N>): void {
    const values = this.#gauges.get(name) ?? new Map<string, number>();
    this.#gauges.set(name, values.set(Object.values(labels).join(), value));
  }

  replace<N extends GaugeName>(name: N, values: readonly GaugeValue<N>[]): void {
    this.#gauges.delete(name);
    for (const { value, labels } of values) this.set(name, value, labels);
  }

  /** Sum of a counter over all labels. */
  counted(name: CounterName): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Everything that was recorded under a name. */
  recorded(name: HistogramName): readonly number[] {
    return this.#values.get(name) ?? [];
  }

  /** What a gauge shows, by the values of its labels with commas between; that of one without labels is under ''. */
  shown(name: GaugeName): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#gauges.get(name) ?? []);
  }
}
