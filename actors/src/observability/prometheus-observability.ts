import {
  METRIC_LABELS,
  METRIC_VALUES,
  METRICS,
  type CounterName,
  type GaugeName,
  type HistogramName,
  type Labels,
  type MetricName,
  type Observability,
} from '@maestro/core';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { HistogramPoint, MetricSnapshot } from './metric-snapshot.ts';

const BUCKETS_MS = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1000, 2000, 5000, 10_000, 60_000, 300_000];

/** Combinations of labels that one metric keeps apart at most, whatever it is told. */
export const MAX_COMBINATIONS = 200;

/** What every label says of whatever comes when there are so many. */
const OTHER = 'other';

/** Values that are not given stay empty. */
const LABELS: Readonly<Partial<Record<MetricName, readonly string[]>>> = METRIC_LABELS;

/** What a text for Prometheus leaves out. */
export interface ScrapeOptions {
  /** Every metric that has this label. */
  readonly withoutLabel?: string;
}

/** Metrics for Prometheus, by prom-client. */
export class PrometheusObservability implements Observability {
  readonly #registry = new Registry();
  readonly #counters = new Map<CounterName, Counter>();
  readonly #histograms = new Map<HistogramName, Histogram>();
  readonly #gauges = new Map<GaugeName, Gauge>();
  /** The combinations of labels that each metric has so far. */
  readonly #known = new Map<MetricName, Set<string>>();

  constructor() {
    for (const [name, help] of entriesOf(METRICS.counters)) {
      this.#counters.set(name, new Counter(this.#configuration(name, help)));
    }
    for (const [name, { result }] of entriesOf(METRIC_VALUES)) {
      for (const value of result) this.count(name, { result: value }, 0);
    }
    for (const [name, help] of entriesOf(METRICS.histograms)) {
      this.#histograms.set(
        name,
        new Histogram({ ...this.#configuration(name, help), buckets: BUCKETS_MS }),
      );
    }
  }

  count(name: CounterName, labels: Labels = {}, by = 1): void {
    this.#counters.get(name)?.inc(this.#bounded(name, labels), by);
  }

  record(name: HistogramName, value: number, labels: Labels = {}): void {
    this.#histograms.get(name)?.observe(this.#bounded(name, labels), value);
  }

  set(name: GaugeName, value: number, labels: Labels = {}): void {
    this.#gauge(name).set(this.#bounded(name, labels), value);
  }

  replace(
    name: GaugeName,
    values: readonly { readonly labels: Labels; readonly value: number }[],
  ): void {
    this.#gauge(name).reset();
    this.#known.delete(name);
    for (const { labels, value } of values) this.set(name, value, labels);
  }

  /** The text that Prometheus scrapes. */
  async scrape({ withoutLabel }: ScrapeOptions = {}): Promise<string> {
    if (withoutLabel === undefined) return this.#registry.metrics();
    const texts = entriesOf({ ...METRICS.counters, ...METRICS.gauges, ...METRICS.histograms })
      .filter(([name]) => this.#registry.getSingleMetric(name))
      .filter(([name]) => !LABELS[name]?.includes(withoutLabel))
      .map(([name]) => this.#registry.getSingleMetricAsString(name));
    return `${(await Promise.all(texts)).join('\n\n')}\n`;
  }

  /** The same as data. */
  async snapshot(): Promise<readonly MetricSnapshot[]> {
    const metrics = (await this.#registry.getMetricsAsJSON()) as unknown as readonly PromMetric[];
    return metrics.map(({ name, help, type, values }): MetricSnapshot =>
      type === 'histogram'
        ? { name, help, kind: type, bounds: BUCKETS_MS, points: histogramPoints(name, values) }
        : { name, help, kind: type, points: values },
    );
  }

  /** Comes to be when it is set first: a process shows only what it knows of. */
  #gauge(name: GaugeName): Gauge {
    const known = this.#gauges.get(name);
    if (known) return known;
    const gauge = new Gauge(this.#configuration(name, METRICS.gauges[name]));
    this.#gauges.set(name, gauge);
    return gauge;
  }

  #configuration<N extends MetricName>(
    name: N,
    help: string,
  ): { name: N; help: string; labelNames: string[]; registers: Registry[] } {
    return { name, help, labelNames: [...(LABELS[name] ?? [])], registers: [this.#registry] };
  }

  #bounded(name: MetricName, labels: Labels): Labels {
    const labelNames = LABELS[name];
    if (!labelNames) return labels;
    const combination = JSON.stringify(labelNames.map((label) => labels[label]));
    const known = this.#known.get(name) ?? new Set();
    this.#known.set(name, known);
    if (known.has(combination)) return labels;
    if (known.size >= MAX_COMBINATIONS) {
      return Object.fromEntries(labelNames.map((label) => [label, OTHER]));
    }
    known.add(combination);
    return labels;
  }
}

/** What prom-client gives of a metric. */
interface PromMetric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly values: readonly PromValue[];
}

interface PromValue {
  readonly labels: Labels & { readonly le?: string | number };
  readonly value: number;
  readonly metricName?: string;
}

/** Takes apart what prom-client gives of a histogram: for each combination of labels the buckets, cumulative, then sum and count. */
function histogramPoints(name: string, values: readonly PromValue[]): readonly HistogramPoint[] {
  const points: HistogramPoint[] = [];
  let cumulative: number[] = [];
  let sum = 0;
  for (const { labels, value, metricName } of values) {
    if (metricName === `${name}_bucket`) cumulative.push(value);
    else if (metricName === `${name}_sum`) sum = value;
    else {
      const counts = cumulative.map((upTo, index) => upTo - (cumulative[index - 1] ?? 0));
      points.push({ labels, count: value, sum, counts });
      cumulative = [];
    }
  }
  return points;
}

function entriesOf<K extends string, V>(record: Readonly<Record<K, V>>): [K, V][] {
  return Object.entries(record) as [K, V][];
}
