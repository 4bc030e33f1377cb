import type { Distribution } from '../load/statistics.ts';
import type { Usage } from '../stack/usage.ts';
import type { CallFigures } from '../load/call-book.ts';
import type { ApiRun } from '../workloads/api.ts';
import type { AppendRun } from '../workloads/append.ts';
import type { ForkRun } from '../workloads/fork.ts';
import type { IngestRun } from '../workloads/ingest.ts';
import type { ListRun } from '../workloads/list.ts';
import type { LifecycleRun } from '../workloads/lifecycle.ts';
import type { RedactionRun } from '../workloads/redaction.ts';
import type { Run } from '../workloads/run-workload.ts';
import type { SignalRun } from '../workloads/signal.ts';
import type { StreamRun } from '../workloads/stream.ts';
import type { WakeRun } from '../workloads/wake.ts';
import { markdownTable, type Column } from './markdown-table.ts';

interface Measured {
  readonly usage: Usage;
  readonly load1: number;
}

const ROLES = ['worker', 'daprd', 'scheduler', 'placement', 'postgres', 'redis', 'emulators'];

function sum(record: Readonly<Record<string, number>>): number {
  return Object.values(record).reduce((total, value) => total + value, 0);
}

function tail<R>(name: string, of: (run: R) => Distribution): readonly Column<R>[] {
  return [
    { title: `${name} p50 ms`, of: (run) => of(run).p50 },
    { title: `${name} p99 ms`, of: (run) => of(run).p99 },
    { title: `${name} max ms`, of: (run) => of(run).max },
  ];
}

function usage<R extends Measured>(unit: string): readonly Column<R>[] {
  return [
    { title: `CPU ms per ${unit}`, of: (run) => run.usage.cpuMsEachTotal },
    ...ROLES.map((role) => ({
      title: role,
      of: (run: R) => run.usage.cpuMsEach[role] ?? Number.NaN,
    })),
    { title: 'client', of: (run) => run.usage.clientCpuMsEach },
    { title: 'RSS MB', of: (run) => sum(run.usage.rssMb) },
    { title: 'PSS MB', of: (run) => sum(run.usage.pssMb) },
    { title: 'load1', of: (run) => run.load1 },
  ];
}

const APPEND: readonly Column<AppendRun>[] = [
  { title: 'events per commit', of: (run) => run.eventsPerCommit },
  { title: 'bytes per commit', of: (run) => run.bytesPerCommit },
  { title: 'events/s', of: (run) => run.eventsPerSecond },
  ...tail<AppendRun>('commit', (run) => run.commitMs),
  { title: 'failed', of: (run) => run.failures },
  ...usage<AppendRun>('event'),
];

const LIFECYCLE: readonly Column<LifecycleRun>[] = [
  { title: 'accepted/s', of: (run) => run.acceptedPerSecond },
  ...tail<LifecycleRun>('accept', (run) => run.acceptMs),
  { title: 'completed/s', of: (run) => run.completedPerSecond },
  ...tail<LifecycleRun>('late', (run) => run.lateMs),
  ...usage<LifecycleRun>('life'),
];

const SIGNAL: readonly Column<SignalRun>[] = [
  ...tail<SignalRun>('resumed', (run) => run.resumedMs),
  ...tail<SignalRun>('woken, by the logs', (run) => run.wokenMs),
  { title: 'per second', of: (run) => run.perSecond },
  ...usage<SignalRun>('wake'),
];

const WAKE: readonly Column<WakeRun>[] = [
  ...tail<WakeRun>('late', (run) => run.lateMs),
  { title: 'span ms', of: (run) => run.spanMs },
  { title: 'all done after ms', of: (run) => run.drainedMs },
  ...usage<WakeRun>('wake'),
];

const STREAM: readonly Column<StreamRun>[] = [
  { title: 'items/s taken', of: (run) => run.takenPerSecond },
  ...tail<StreamRun>('publish', (run) => run.publishMs),
  { title: 'failed', of: (run) => run.failures },
  { title: 'woken', of: (run) => run.woken },
  ...tail<StreamRun>('late', (run) => run.lateMs),
  ...tail<StreamRun>('late after stored', (run) => run.lateAfterStoredMs),
  { title: 'missed', of: (run) => run.missed },
  { title: 'doubled', of: (run) => run.doubled },
  ...usage<StreamRun>('item'),
];

const FORK: readonly Column<ForkRun>[] = [
  { title: 'calls', of: (run) => run.calls },
  ...tail<ForkRun>('call', (run) => run.callMs),
  ...usage<ForkRun>('call'),
];

const LIST: readonly Column<ListRun>[] = [
  { title: 'calls', of: (run) => run.calls },
  ...tail<ListRun>('call', (run) => run.callMs),
  { title: 'filled, events/s', of: (run) => run.filledPerSecond },
  { title: 'facts built in ms', of: (run) => run.builtMs },
];

const INGEST: readonly Column<IngestRun>[] = [
  { title: 'events/s committed', of: (run) => run.committedPerSecond },
  ...tail<IngestRun>('lag', (run) => run.lagMs),
  { title: 'all there after the last, ms', of: (run) => run.allThereMs },
  { title: 'missing', of: (run) => run.missing },
  { title: 'doubled', of: (run) => run.doubled },
  { title: 'replays that are the same', of: (run) => run.same },
  ...usage<IngestRun>('event'),
];

const REDACTION: readonly Column<RedactionRun>[] = [
  { title: 'bytes per event', of: (run) => run.bytesPerEvent },
  { title: 'mean us', of: (run) => run.meanMs * 1000 },
  { title: 'p50 us', of: (run) => run.eventUs.p50 },
  { title: 'p99 us', of: (run) => run.eventUs.p99 },
  { title: 'load1', of: (run) => run.load1 },
];

const CALLS: readonly Column<CallFigures>[] = [
  { title: 'calls', of: (calls) => calls.calls },
  { title: 'errors', of: (calls) => calls.errors },
  { title: 'p50 ms', of: (calls) => calls.callMs.p50 },
  { title: 'p99 ms', of: (calls) => calls.callMs.p99 },
  { title: 'max ms', of: (calls) => calls.callMs.max },
];

const API: readonly Column<ApiRun>[] = [
  { title: 'calls/s', of: (run) => run.perSecond },
  { title: 'calls', of: (run) => run.all.calls },
  { title: 'errors', of: (run) => run.all.errors },
  { title: 'errors, %', of: (run) => run.errorRate * 100 },
  ...tail<ApiRun>('call', (run) => run.all.callMs),
  ...usage<ApiRun>('call'),
];

/** Markdown tables of all runs: median (min-max). */
export function tablesOf(runs: readonly Run[]): string {
  return [
    markdownTable(
      'append: median (min-max)',
      runs.filter((run) => run.workload === 'append'),
      ['components', 'loop', 'events in a commit'],
      (run) => [run.components, run.loop, run.grouping],
      APPEND,
    ),
    markdownTable(
      'lifecycle: median (min-max)',
      runs.filter((run) => run.workload === 'lifecycle'),
      ['components', 'via', 'N'],
      (run) => [run.components, run.via, run.n],
      LIFECYCLE,
    ),
    markdownTable(
      'signal to resume: median (min-max)',
      runs.filter(
        (run): run is SignalRun => run.workload === 'signal' || run.workload === 'wakes-by',
      ),
      ['components', 'via', 'woken by', 'N', 'at a time'],
      (run) => [run.components, run.via, run.by, run.n, run.concurrency],
      SIGNAL,
    ),
    markdownTable(
      'wake: median (min-max)',
      runs.filter((run) => run.workload === 'wake'),
      ['components', 'via', 'sleepers', 'due'],
      (run) => [run.components, run.via, run.sleepers, run.spread],
      WAKE,
    ),
    markdownTable(
      'stream: median (min-max)',
      runs.filter((run) => run.workload === 'stream'),
      ['components', 'subscriptions', 'items/s offered'],
      (run) => [run.components, run.subscriptions, run.offeredPerSecond],
      STREAM,
    ),
    markdownTable(
      'fork: median (min-max)',
      runs.filter((run) => run.workload === 'fork'),
      ['components', 'what', 'events or continuations'],
      (run) => [run.components, run.what, run.size],
      FORK,
    ),
    markdownTable(
      'list: median (min-max)',
      runs.filter((run) => run.workload === 'list'),
      ['tables', 'what', 'continuations'],
      (run) => [run.tables, run.what, run.continuations],
      LIST,
    ),
    markdownTable(
      'ingest: median (min-max)',
      runs.filter((run) => run.workload === 'ingest'),
      ['components', 'tables', 'killed meanwhile', 'events'],
      (run) => [run.components, run.tables, run.killed, run.events],
      INGEST,
    ),
    markdownTable(
      'redaction: median (min-max)',
      runs.filter((run) => run.workload === 'redaction'),
      ['events', 'count'],
      (run) => [run.what, run.events],
      REDACTION,
    ),
    ...apiTables(runs.filter((run) => run.workload === 'api')),
  ]
    .filter((text) => text !== '')
    .join('\n');
}

function apiTables(runs: readonly ApiRun[]): readonly string[] {
  return [
    markdownTable(
      'api, by route: median (min-max)',
      runs.flatMap(({ components, routes }) => routes.map((route) => ({ components, ...route }))),
      ['components', 'route'],
      ({ components, route }) => [components, route],
      CALLS,
    ),
    markdownTable(
      'api: median (min-max)',
      runs,
      ['components', 'clients', 'followers', 's'],
      (run) => [run.components, run.clients, run.followers, run.seconds],
      API,
    ),
  ];
}
