import type { Dashboard } from '../dashboard.ts';
import { WAKE_OBJECTIVE } from '../objectives.ts';
import { greatest, increase, least, perSecond, quantile, shareUpTo, total } from '../promql.ts';

/** Whether what is due happens: timers, reminders, messages, and the warehouse that looks after what was lost. */
export const WAKES: Dashboard = {
  name: 'wakes',
  title: 'Maestro / Wakes',
  description: 'Whether continuations wake when they should, and what was lost on the way.',
  rows: [
    {
      title: 'Timers',
      panels: [
        {
          title: 'Wake lateness',
          description: 'From the instant that a timer names to the begin of the turn that wakes.',
          unit: 'ms',
          queries: [
            { expr: quantile(0.5, 'maestro_wake_lateness_ms'), legend: 'p50' },
            { expr: quantile(0.9, 'maestro_wake_lateness_ms'), legend: 'p90' },
            { expr: quantile(0.99, 'maestro_wake_lateness_ms'), legend: 'p99' },
          ],
        },
        {
          title: `Woken within ${WAKE_OBJECTIVE.withinMs} ms`,
          description: `The objective is ${WAKE_OBJECTIVE.share * 100} % of timer wakes.`,
          unit: 'percentunit',
          queries: [
            {
              expr: shareUpTo('maestro_wake_lateness_ms', WAKE_OBJECTIVE.withinMs),
              legend: 'in time',
            },
          ],
        },
        {
          title: 'Probe: wake lateness',
          description:
            'Of the continuation that does nothing but sleep and wake (MAESTRO_PROBE): what any other would see.',
          unit: 'ms',
          queries: [
            { expr: quantile(0.5, 'maestro_probe_lateness_ms'), legend: 'p50' },
            { expr: quantile(0.99, 'maestro_probe_lateness_ms'), legend: 'p99' },
          ],
        },
        {
          title: 'Probe: overdue',
          description:
            'How long it has been overdue by what every worker sees, whether or not anything wakes at all.',
          unit: 'ms',
          queries: [{ expr: least('maestro_probe_overdue_ms'), legend: 'overdue' }],
        },
        {
          title: 'Ticks and wakes',
          description:
            'Ticks that began, turns of reminders, and reminders that daprd fired. The last two go together.',
          unit: 'ops',
          queries: [
            { expr: perSecond('maestro_ticks_total'), legend: 'ticks' },
            {
              expr: perSecond('maestro_turns_total', { where: 'command="wake"' }),
              legend: 'turns of wakes',
            },
            {
              expr: perSecond('dapr_runtime_actor_reminders_fired_total', { by: ['success'] }),
              legend: 'reminders of daprd, success {{success}}',
            },
          ],
        },
        {
          title: 'Calls to the scheduler, p99',
          description: 'Arming and disarming reminders, by method, as daprd sees it.',
          unit: 'ms',
          queries: [
            {
              expr: quantile(0.99, 'dapr_grpc_io_client_roundtrip_latency', {
                where: 'grpc_client_method=~".*Scheduler/.*"',
                by: ['grpc_client_method'],
              }),
              legend: '{{grpc_client_method}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Lost and found',
      panels: [
        {
          title: 'Re-armed wakes',
          description:
            'Continuations that were overdue by a minute: woken and armed anew, by a worker that remembered them or by the warehouse.',
          unit: 'short',
          queries: [
            { expr: increase('maestro_wakes_rearmed_total'), legend: 'by workers' },
            { expr: increase('maestro_warehouse_overdue_total'), legend: 'by the warehouse' },
          ],
        },
        {
          title: 'Registrations renewed',
          description: 'Hosts that registered their actors anew because nothing arrived any more.',
          unit: 'short',
          queries: [{ expr: increase('maestro_registrations_renewed_total'), legend: 'renewed' }],
        },
        {
          title: 'Dead letters',
          description:
            'All messages so far that no subscriber could take, by topic and reason, since their processes began.',
          unit: 'short',
          queries: [
            {
              expr: 'sum by (topic, code) (maestro_dead_letters_total)',
              legend: '{{topic}}: {{code}}',
            },
          ],
        },
        {
          title: 'Actor calls that wait',
          description: 'Calls that wait in daprd for the turn before to end.',
          unit: 'short',
          queries: [
            {
              expr: total('dapr_runtime_actor_pending_actor_calls', { by: ['actor_type'] }),
              legend: '{{actor_type}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Warehouse',
      panels: [
        {
          title: 'Lag',
          description: 'From an event to when the warehouse has it.',
          unit: 'ms',
          queries: [
            { expr: quantile(0.5, 'maestro_warehouse_lag_ms'), legend: 'p50' },
            { expr: quantile(0.99, 'maestro_warehouse_lag_ms'), legend: 'p99' },
          ],
        },
        {
          title: 'How old',
          description:
            'Since tables and store were compared, and since facts were built: lists and the gauges here are as old as the latter.',
          unit: 's',
          queries: [
            {
              expr: `time() - ${greatest('maestro_warehouse_compared_at_ms')} / 1000`,
              legend: 'compared',
            },
            {
              expr: `time() - ${greatest('maestro_warehouse_built_at_ms')} / 1000`,
              legend: 'built',
            },
          ],
        },
        {
          title: 'Events written',
          description: 'Events that came into the tables.',
          unit: 'ops',
          queries: [{ expr: perSecond('maestro_warehouse_events_total'), legend: 'events' }],
        },
        {
          title: 'Found by comparison',
          description:
            'Continuations of which tables lacked events that no message had brought. All the time: messages do not arrive.',
          unit: 'short',
          queries: [{ expr: increase('maestro_warehouse_behind_total'), legend: 'behind' }],
        },
      ],
    },
  ],
};
