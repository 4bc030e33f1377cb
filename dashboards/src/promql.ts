import type { CounterName, GaugeName, HistogramName, LabelsOf, MetricName } from '@maestro/core';
import type { DaprdMetric } from './daprd-metrics.ts';

/** Over which time a rate is taken; Grafana knows what suits scrape interval and screen. */
export type Range = '$__rate_interval' | `${number}${'s' | 'm' | 'h'}`;

const GRAFANA = '$__rate_interval';

type Known = MetricName | DaprdMetric;
type LabelOf<N extends Known> = N extends MetricName ? keyof LabelsOf<N> & string : string;

/** Which series of a metric, and what they are added up by. */
export interface Selection<N extends Known> {
  /** Matchers as PromQL has them, without braces. */
  readonly where?: `${LabelOf<N>}${'=' | '!=' | '=~' | '!~'}"${string}"`;
  readonly by?: readonly LabelOf<N>[];
  /** @default '$__rate_interval' */
  readonly over?: Range;
}

/** Per second, of all hosts. */
export function perSecond<N extends CounterName | DaprdMetric>(
  name: N,
  { where, by, over = GRAFANA }: Selection<N> = {},
): string {
  return `sum${byOf(by)}(rate(${name}${braces(where)}[${over}]))`;
}

/** How many more there were within a time, of all hosts. */
export function increase<N extends CounterName>(
  name: N,
  { where, by, over = GRAFANA }: Selection<N> = {},
): string {
  return `sum${byOf(by)}(increase(${name}${braces(where)}[${over}]))`;
}

/** A quantile of all hosts together. */
export function quantile<N extends HistogramName | DaprdMetric>(
  q: number,
  name: N,
  { where, by = [], over = GRAFANA }: Selection<N> = {},
): string {
  return `histogram_quantile(${q}, sum by (${['le', ...by].join(', ')}) (rate(${name}_bucket${braces(where)}[${over}])))`;
}

/** How large a share of what was measured is not above a bound, of all hosts together. */
export function shareUpTo(name: HistogramName, bound: number, over: Range = GRAFANA): string {
  const all = `sum(rate(${name}_count[${over}]))`;
  return `sum(rate(${name}_bucket{le="${bound}"}[${over}])) / (${all} > 0)`;
}

/** A gauge of hosts, added up. */
export function total<N extends GaugeName | DaprdMetric>(
  name: N,
  { where, by }: Omit<Selection<N>, 'over'> = {},
): string {
  return `sum${byOf(by)}(${name}${braces(where)})`;
}

/** A gauge of the warehouse: several warehouses say the same, so the greatest is taken. */
export function greatest<N extends GaugeName>(
  name: N,
  { where, by }: Omit<Selection<N>, 'over'> = {},
): string {
  return `max${byOf(by)}(${name}${braces(where)})`;
}

/** A gauge of hosts that all look at the same thing: what every one of them sees. */
export function least(name: GaugeName): string {
  return `min(${name})`;
}

/** One by the other, nothing where the other is nothing. */
export function ratio(one: string, other: string): string {
  return `${one} / (${other} > 0)`;
}

function byOf(by: readonly string[] | undefined): string {
  return by ? ` by (${by.join(', ')}) ` : '';
}

function braces(where: string | undefined): string {
  return where === undefined ? '' : `{${where}}`;
}
