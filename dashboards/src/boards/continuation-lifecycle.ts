import type { Dashboard } from '../dashboard.ts';
import { greatest, increase, perSecond, quantile, ratio, total } from '../promql.ts';

const OF_STATUS = (status: string): string =>
  greatest('maestro_continuations', { where: `status="${status}"` });

/** How continuations live: how many, how fast their turns and ticks are, what a tick costs, who owns them. */
export const CONTINUATION_LIFECYCLE: Dashboard = {
  name: 'continuation_lifecycle',
  title: 'Maestro / Continuations',
  description: 'How many continuations there are, how fast their ticks are, and what those cost.',
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Active',
          description: 'Continuations in the middle of a tick, of all tenants, as the facts tell.',
          unit: 'short',
          kind: 'number',
          queries: [{ expr: OF_STATUS('running'), legend: 'active' }],
        },
        {
          title: 'Sleeping',
          description: 'Continuations that wait for a timer, an item, a sibling or a person.',
          unit: 'short',
          kind: 'number',
          queries: [{ expr: OF_STATUS('sleeping'), legend: 'sleeping' }],
        },
        {
          title: 'In memory',
          description: 'Continuations in the memory of a worker: those used in the last minutes.',
          unit: 'short',
          kind: 'number',
          queries: [{ expr: total('maestro_activations'), legend: 'in memory' }],
        },
        {
          title: 'Turns under way',
          description: 'To the end of their effects. One that stays high: the store is slow.',
          unit: 'short',
          kind: 'number',
          queries: [{ expr: total('maestro_turns_under_way'), legend: 'turns' }],
        },
        {
          title: 'Steps under way',
          description: 'Detached steps that workers are at.',
          unit: 'short',
          kind: 'number',
          queries: [{ expr: total('maestro_steps_under_way'), legend: 'steps' }],
        },
        {
          title: 'Cost per tick',
          description: 'What budgets were charged in the last hour, by the ticks that began in it.',
          unit: 'currencyUSD',
          kind: 'number',
          queries: [
            {
              expr: `${ratio(
                increase('maestro_spent_micro_usd_total', { over: '1h' }),
                increase('maestro_ticks_total', { over: '1h' }),
              )} / 1e6`,
              legend: 'USD per tick',
            },
          ],
        },
      ],
    },
    {
      title: 'Life',
      panels: [
        {
          title: 'Continuations by status',
          description:
            'As the facts tell. Those that have ended only grow; many that are failed or paused need a look.',
          unit: 'short',
          kind: 'stacked',
          queries: [
            { expr: greatest('maestro_continuations', { by: ['status'] }), legend: '{{status}}' },
          ],
        },
        {
          title: 'Events',
          description: 'Events that were committed, by type: spawns, wakes, sleeps, ends.',
          unit: 'ops',
          kind: 'stacked',
          queries: [
            {
              expr: perSecond('maestro_events_committed_total', { by: ['type'] }),
              legend: '{{type}}',
            },
          ],
        },
        {
          title: 'Turns',
          description: 'By command: what continuations are asked to do.',
          unit: 'ops',
          kind: 'stacked',
          queries: [
            {
              expr: perSecond('maestro_turns_total', { by: ['command'] }),
              legend: '{{command}}',
            },
          ],
        },
        {
          title: 'Turns refused or failed',
          description:
            'By error code. Codes of requests are their senders’ fault; commit.*, sidecar.*, log.corrupt and internal.error are not.',
          unit: 'ops',
          queries: [
            {
              expr: perSecond('maestro_turns_total', { where: 'result!="ok"', by: ['result'] }),
              legend: '{{result}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Latency',
      panels: [
        {
          title: 'Tick latency',
          description:
            'From the turn that begins a tick to the commit that ends it, detached steps included.',
          unit: 'ms',
          queries: [
            { expr: quantile(0.5, 'maestro_tick_ms'), legend: 'p50' },
            { expr: quantile(0.99, 'maestro_tick_ms'), legend: 'p99' },
          ],
        },
        {
          title: 'Turn latency, p99',
          description: 'From the begin of a turn to the end of its effects, by command.',
          unit: 'ms',
          queries: [
            {
              expr: quantile(0.99, 'maestro_turn_ms', { by: ['command'] }),
              legend: '{{command}}',
            },
          ],
        },
        {
          title: 'Append latency',
          description: 'A commit: entries and head in one transaction, with its retries.',
          unit: 'ms',
          queries: [
            { expr: quantile(0.5, 'maestro_commit_ms'), legend: 'p50' },
            { expr: quantile(0.99, 'maestro_commit_ms'), legend: 'p99' },
          ],
        },
        {
          title: 'State store behind daprd, p99',
          description: 'What daprd waits for the store, by operation: the store’s own share.',
          unit: 'ms',
          queries: [
            {
              expr: quantile(0.99, 'dapr_component_state_latencies', { by: ['operation'] }),
              legend: '{{operation}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Requests',
      panels: [
        {
          title: 'Requests',
          description: 'What the API answered, by operation.',
          unit: 'ops',
          kind: 'stacked',
          queries: [
            {
              expr: perSecond('maestro_requests_total', { by: ['operation'] }),
              legend: '{{operation}}',
            },
          ],
        },
        {
          title: 'Refused and failed requests',
          description: 'By status. 4xx are mostly the callers’, 5xx are ours.',
          unit: 'ops',
          queries: [
            {
              expr: perSecond('maestro_requests_total', {
                where: 'status=~"[45].."',
                by: ['operation', 'status'],
              }),
              legend: '{{operation}} {{status}}',
            },
          ],
        },
        {
          title: 'Request latency, p50',
          description: 'How long the API took, by method; live streams left out.',
          unit: 'ms',
          queries: [
            {
              expr: quantile(0.5, 'maestro_request_ms', { by: ['method'] }),
              legend: '{{method}}',
            },
          ],
        },
        {
          title: 'Request latency, p99',
          description: 'How long the API took, by method; live streams left out.',
          unit: 'ms',
          queries: [
            {
              expr: quantile(0.99, 'maestro_request_ms', { by: ['method'] }),
              legend: '{{method}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Ownership',
      panels: [
        {
          title: 'Fenced writes',
          description:
            'Commits after which the host was not the owner: refused (conflict) or overtaken (superseded). Rare without deployments and crashes.',
          unit: 'ops',
          queries: [
            {
              expr: perSecond('maestro_commits_fenced_total', { by: ['result'] }),
              legend: '{{result}}',
            },
          ],
        },
        {
          title: 'Take-overs',
          description:
            'Continuations that a host went on with after another, or after it had put them to sleep itself; events whose effects were done again.',
          unit: 'ops',
          queries: [
            { expr: perSecond('maestro_takeovers_total'), legend: 'take-overs' },
            { expr: perSecond('maestro_effects_repeated_total'), legend: 'effects repeated' },
          ],
        },
        {
          title: 'Step attempts',
          description: 'Attempts of detached steps that ended, by result.',
          unit: 'ops',
          queries: [
            {
              expr: perSecond('maestro_step_attempts_total', { by: ['result'] }),
              legend: '{{result}}',
            },
          ],
        },
        {
          title: 'Health probes of daprd',
          description:
            'Answers of applications to their sidecars. Anything but 200: no actors there.',
          unit: 'ops',
          queries: [
            {
              expr: perSecond('dapr_http_healthprobes_completed_count', {
                by: ['app_id', 'status'],
              }),
              legend: '{{app_id}} {{status}}',
            },
          ],
        },
      ],
    },
  ],
};
