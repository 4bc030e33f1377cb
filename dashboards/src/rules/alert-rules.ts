import { WAKE_OBJECTIVE } from '../objectives.ts';
import { greatest, increase, least } from '../promql.ts';
import type { AlertRule } from './rule.ts';

const allowed = Number((1 - WAKE_OBJECTIVE.share).toFixed(6));

/** Results of turns that another try may well mend, or that are no fault. */
const PASSING = String.raw`ok|commit\\..*|sidecar\\.unavailable|host\\.draining`;

/** What operators are told of. */
export const ALERT_RULES: readonly AlertRule[] = [
  {
    alert: 'MaestroWakesLate',
    // Late for an hour, and still: of so few that one alone is too many nothing can be said.
    expr: [
      `maestro:wakes_late:ratio_rate1h > ${allowed}`,
      `and maestro:wakes_late:ratio_rate5m > ${allowed}`,
      'and sum(increase(maestro_wake_lateness_ms_count[1h])) >= 20',
    ].join('\n'),
    for: '5m',
    severity: 'page',
    summary: `{{ $value | humanizePercentage }} of timer wakes begin more than ${WAKE_OBJECTIVE.withinMs} ms late`,
    runbook: 'late-wakes.md',
  },
  {
    alert: 'MaestroProbeOverdue',
    expr: `${least('maestro_probe_overdue_ms')} / 1000 > 60`,
    for: '2m',
    severity: 'page',
    summary: 'the probe has not woken, and is overdue by {{ $value | humanizeDuration }}',
    runbook: 'late-wakes.md',
  },
  {
    alert: 'MaestroWakesLost',
    expr: `${increase('maestro_wakes_rearmed_total', { over: '15m' })} + ${increase('maestro_warehouse_overdue_total', { over: '15m' })} > 0`,
    for: '0m',
    severity: 'ticket',
    summary: '{{ $value | humanize }} continuations were overdue by a minute and had to be woken',
    runbook: 'recover-lost-reminders.md',
  },
  {
    alert: 'MaestroPoison',
    expr: `sum by (result) (increase(maestro_turns_total{command="wake", result!~"${PASSING}"}[15m])) > 5`,
    for: '5m',
    severity: 'ticket',
    summary: 'wakes fail again and again with {{ $labels.result }}: they never get through',
    runbook: 'poison.md',
  },
  {
    alert: 'MaestroDeadLetters',
    // A series that is new has no increase yet.
    expr: [
      'sum by (topic, code) (increase(maestro_dead_letters_total[15m])) > 0',
      'or sum by (topic, code) (maestro_dead_letters_total > 0 unless maestro_dead_letters_total offset 15m)',
    ].join('\n'),
    for: '0m',
    severity: 'ticket',
    summary: 'messages of {{ $labels.topic }} were put aside: {{ $labels.code }}',
    runbook: 'dead-letters.md',
  },
  {
    alert: 'MaestroFencedWrites',
    expr: `${increase('maestro_commits_fenced_total', { over: '10m' })} > 20`,
    for: '5m',
    severity: 'ticket',
    summary: '{{ $value | humanize }} commits in ten minutes came from hosts that were no owners',
    runbook: 'contested-ownership.md',
  },
  {
    alert: 'MaestroTakeOvers',
    // Every sleep that outlives the memory of its host ends with one: only many more than before mean anything.
    expr: [
      `${increase('maestro_takeovers_total', { over: '10m' })} > 100`,
      `and ${increase('maestro_takeovers_total', { over: '10m' })} > 5 * sum(increase(maestro_takeovers_total[1h] offset 10m)) / 6`,
    ].join('\n'),
    for: '5m',
    severity: 'ticket',
    summary:
      '{{ $value | humanize }} continuations changed hands in ten minutes, five times as many as in the hour before',
    runbook: 'contested-ownership.md',
  },
  {
    alert: 'MaestroStoreDoesNotAnswer',
    expr: String.raw`sum(increase(maestro_turns_total{result=~"commit\\.outcome_unknown|sidecar\\.unavailable"}[10m])) > 20`,
    for: '5m',
    severity: 'page',
    summary:
      '{{ $value | humanize }} turns in ten minutes had no answer of the store or the sidecar',
    runbook: 'store-does-not-answer.md',
  },
  {
    alert: 'MaestroWarehouseLags',
    expr: 'maestro:warehouse_lag_ms:p99_rate5m > 60000',
    for: '10m',
    severity: 'ticket',
    summary: 'events reach the warehouse more than a minute late',
    runbook: 'warehouse-lags.md',
  },
  {
    alert: 'MaestroWarehouseNotBuilt',
    expr: `time() * 1000 - ${greatest('maestro_warehouse_built_at_ms')} > 300000`,
    for: '1m',
    severity: 'ticket',
    summary: 'facts are older than five minutes: lists and spend show the past',
    runbook: 'warehouse-lags.md',
  },
  {
    alert: 'MaestroReconcilerNotRun',
    expr: `time() * 1000 - ${greatest('maestro_warehouse_compared_at_ms')} > 3 * ${greatest('maestro_warehouse_compare_every_ms')} + 600000`,
    for: '1m',
    severity: 'ticket',
    summary: 'store and tables are not compared: what messages and reminders lose stays lost',
    runbook: 'warehouse-lags.md',
  },
  {
    alert: 'MaestroAbsent',
    expr: 'absent(maestro_activations)',
    for: '5m',
    severity: 'page',
    summary: 'no worker shows any metrics',
    runbook: 'no-workers.md',
  },
];
