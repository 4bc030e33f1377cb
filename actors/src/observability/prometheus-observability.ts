import {
  METRICS,
  type CounterName,
  type HistogramName,
  type Labels,
  type Observability,
} from '@maestro/core';
import { Counter, Histogram, Registry } from 'prom-client';

const BUCKETS_MS = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1000, 2000, 5000, 10_000, 60_000];

/** The label names of each metric; values that are not given stay empty. */
const LABELS: Readonly<Partial<Record<CounterName | HistogramName, readonly string[]>>> = {
  maestro_turns_total: ['command', 'result'],
  maestro_events_committed_total: ['type'],
  maestro_commits_fenced_total: ['result'],
  maestro_step_attempts_total: ['result'],
  maestro_turn_ms: ['command'],
};

/** Metrics for Prometheus, by prom-client. */
export class PrometheusObservability implements Observability {
  readonly #registry = new Registry();
  readonly #counters = new Map<CounterName, Counter>();
  readonly #histograms = new Map<HistogramName, Histogram>();

  constructor() {
    for (const [name, help] of entriesOf(METRICS.counters)) {
      const labelNames = LABELS[name] ?? [];
      this.#counters.set(
        name,
        new Counter({ name, help, labelNames, registers: [this.#registry] }),
      );
    }
    for (const [name, help] of entriesOf(METRICS.histograms)) {
      const labelNames = LABELS[name] ?? [];
      this.#histograms.set(
        name,
        new Histogram({ name, help, labelNames, buckets: BUCKETS_MS, registers: [this.#registry] }),
      );
    }
  }

  count(name: CounterName, labels: Labels = {}, by = 1): void {
    this.#counters.get(name)?.inc(labels, by);
  }

  record(name: HistogramName, value: number, labels: Labels = {}): void {
    this.#histograms.get(name)?.observe(labels, value);
  }

  /** The text that Prometheus scrapes. */
  scrape(): Promise<string> {
    return this.#registry.metrics();
  }
}

function entriesOf<K extends string>(record: Readonly<Record<K, string>>): [K, string][] {
  return Object.entries(record) as [K, string][];
}
