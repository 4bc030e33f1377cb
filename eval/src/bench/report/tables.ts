import { median, rounded } from '../load/statistics.ts';
import type { LifecycleRun } from '../workloads/lifecycle.ts';
import type { Run } from '../workloads/run-workload.ts';

interface Column<R> {
  readonly title: string;
  readonly of: (run: R) => number;
}

const LIFECYCLE: readonly Column<LifecycleRun>[] = [
  { title: 'accepted/s', of: (run) => run.acceptedPerSecond },
  { title: 'accept p50 ms', of: (run) => run.acceptMs.p50 },
  { title: 'completed/s', of: (run) => run.completedPerSecond },
  { title: 'late p50 ms', of: (run) => run.lateMs.p50 },
  { title: 'late p99 ms', of: (run) => run.lateMs.p99 },
  { title: 'late max ms', of: (run) => run.lateMs.max },
  { title: 'CPU ms each', of: (run) => run.usage.cpuMsEachTotal },
  ...['worker', 'daprd', 'scheduler', 'placement', 'postgres', 'redis'].map((role) => ({
    title: role,
    of: (run: LifecycleRun) => run.usage.cpuMsEach[role] ?? Number.NaN,
  })),
  { title: 'RSS MB', of: (run) => sum(run.usage.rssMb) },
  { title: 'PSS MB', of: (run) => sum(run.usage.pssMb) },
  { title: 'load1', of: (run) => run.load1 },
];

function sum(record: Readonly<Record<string, number>>): number {
  return Object.values(record).reduce((total, value) => total + value, 0);
}

/** `median (min-max)` of the runs' figures. */
function cell(values: readonly number[]): string {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return '-';
  const [low, middle, high] = [Math.min(...known), median(known), Math.max(...known)].map(shown);
  return low === high ? `${middle}` : `${middle} (${low}-${high})`;
}

function shown(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : rounded(value, Math.abs(value) < 10 ? 2 : 1);
}

function table<R>(
  title: string,
  runs: readonly R[],
  key: (run: R) => string,
  keyTitle: string,
  columns: readonly Column<R>[],
): string {
  if (runs.length === 0) return '';
  const groups = new Map<string, R[]>();
  for (const run of runs) groups.set(key(run), [...(groups.get(key(run)) ?? []), run]);
  const lines = [
    `### ${title}: median (min-max)`,
    '',
    `| ${[...keyTitle.split('|'), 'runs', ...columns.map((column) => column.title)].join(' | ')} |`,
    `|${'---|'.repeat(keyTitle.split('|').length + 1 + columns.length)}`,
    ...[...groups].map(([name, group]) => {
      const cells = columns.map((column) => cell(group.map((run) => column.of(run))));
      return `| ${[...name.split('|'), String(group.length), ...cells].join(' | ')} |`;
    }),
  ];
  return `${lines.join('\n')}\n`;
}

/** Markdown tables of all runs. */
export function tablesOf(runs: readonly Run[]): string {
  return [
    table(
      'lifecycle',
      runs.filter((run) => run.workload === 'lifecycle'),
      (run) => `${run.components}|${run.via}|${run.n}`,
      'components|via|N',
      LIFECYCLE,
    ),
  ]
    .filter((text) => text !== '')
    .join('\n');
}
