import { median, rounded } from '../load/statistics.ts';

/** A column of figures. */
export interface Column<R> {
  readonly title: string;
  /** NaN where a run has no such figure. */
  readonly of: (run: R) => number;
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

/**
 * A Markdown table with one row for each group of runs with the same key, and in each cell the median with the range.
 * Columns for which no run has a figure are left out; without runs the text is empty.
 */
export function markdownTable<R>(
  title: string,
  runs: readonly R[],
  keyTitles: readonly string[],
  key: (run: R) => readonly (string | number)[],
  columns: readonly Column<R>[],
): string {
  if (runs.length === 0) return '';
  const groups = new Map<string, R[]>();
  for (const run of runs) {
    const name = key(run).join(' | ');
    groups.set(name, [...(groups.get(name) ?? []), run]);
  }
  const used = columns.filter((column) => runs.some((run) => !Number.isNaN(column.of(run))));
  const titles = [...keyTitles, 'runs', ...used.map((column) => column.title)];
  const rows = [...groups].map(([name, group]) => {
    const cells = used.map((column) => cell(group.map((run) => column.of(run))));
    return `| ${[name, String(group.length), ...cells].join(' | ')} |`;
  });
  const head = [
    `### ${title}`,
    '',
    `| ${titles.join(' | ')} |`,
    `|${'---|'.repeat(titles.length)}`,
  ];
  return `${[...head, ...rows].join('\n')}\n`;
}
