import { WAKE_OBJECTIVE } from '../objectives.ts';
import { increase, quantile, ratio, shareUpTo, type Range } from '../promql.ts';
import type { RecordingRule } from './rule.ts';

const late = (over: Range): string =>
  `1 - ${shareUpTo('maestro_wake_lateness_ms', WAKE_OBJECTIVE.withinMs, over)}`;

/** What alerts look at, and what is worth keeping for months. */
export const RECORDING_RULES: readonly RecordingRule[] = [
  { record: 'maestro:wakes_late:ratio_rate5m', expr: late('5m') },
  { record: 'maestro:wakes_late:ratio_rate1h', expr: late('1h') },
  {
    record: 'maestro:tick_ms:p50_rate5m',
    expr: quantile(0.5, 'maestro_tick_ms', { over: '5m' }),
  },
  {
    record: 'maestro:tick_ms:p99_rate5m',
    expr: quantile(0.99, 'maestro_tick_ms', { over: '5m' }),
  },
  {
    record: 'maestro:commit_ms:p99_rate5m',
    expr: quantile(0.99, 'maestro_commit_ms', { over: '5m' }),
  },
  {
    record: 'maestro:warehouse_lag_ms:p99_rate5m',
    expr: quantile(0.99, 'maestro_warehouse_lag_ms', { over: '5m' }),
  },
  {
    record: 'maestro:tick_cost_micro_usd:increase1h',
    expr: ratio(
      increase('maestro_spent_micro_usd_total', { over: '1h' }),
      increase('maestro_ticks_total', { over: '1h' }),
    ),
  },
];
