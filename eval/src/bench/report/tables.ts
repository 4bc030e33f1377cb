import type { Distribution } from '../load/statistics.ts';
import type { Usage } from '../stack/usage.ts';
import type { AppendRun } from '../workloads/append.ts';
import type { LifecycleRun } from '../workloads/lifecycle.ts';
import type { Run } from '../workloads/run-workload.ts';
import type { SignalRun } from '../workloads/signal.ts';
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
  { title: 'signals/s', of: (run) => run.perSecond },
  ...usage<SignalRun>('signal'),
];

const WAKE: readonly Column<WakeRun>[] = [
  ...tail<WakeRun>('late', (run) => run.lateMs),
  { title: 'span ms', of: (run) => run.spanMs },
  { title: 'all done after ms', of: (run) => run.drainedMs },
  ...usage<WakeRun>('wake'),
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
      runs.filter((run) => run.workload === 'signal'),
      ['components', 'via', 'N', 'at a time'],
      (run) => [run.components, run.via, run.n, run.concurrency],
      SIGNAL,
    ),
    markdownTable(
      'wake: median (min-max)',
      runs.filter((run) => run.workload === 'wake'),
      ['components', 'via', 'sleepers', 'due'],
      (run) => [run.components, run.via, run.sleepers, run.spread],
      WAKE,
    ),
  ]
    .filter((text) => text !== '')
    .join('\n');
}
