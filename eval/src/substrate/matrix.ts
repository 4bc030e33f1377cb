import type { Outcome, TargetReport } from './read-report.ts';
import { TARGETS, type Target } from './run-target.ts';

const MARKS: Readonly<Record<Outcome, string>> = {
  passed: 'ok',
  failed: '**failed**',
  skipped: '-',
  unrun: '**not run**',
};

/** From the best to the worst. */
const RANKS: readonly Outcome[] = ['passed', 'skipped', 'unrun', 'failed'];

/** A Markdown table: a case each row, a target each column, and in the last row what each target came to. */
export function matrixOf(reports: ReadonlyMap<Target, TargetReport>): string {
  const targets = TARGETS.filter((target) => reports.has(target));
  const cases = new Map<string, Map<Target, Outcome>>();
  for (const [target, report] of reports) {
    for (const { suite, name, outcome } of report.cases) {
      const key = `${suite} | ${name}`;
      const row = cases.get(key) ?? new Map<Target, Outcome>();
      cases.set(key, row);
      // The same suite can run twice on a target (with and without group commit): the worse counts.
      const before = row.get(target) ?? 'passed';
      row.set(target, RANKS.indexOf(outcome) > RANKS.indexOf(before) ? outcome : before);
    }
  }
  const rows = [...cases].sort(([a], [b]) => (a < b ? -1 : 1));
  const cell = (row: ReadonlyMap<Target, Outcome>, target: Target): string => {
    // A file that could not be loaded names no cases.
    const absent = reports.get(target)?.started === false ? 'unrun' : 'skipped';
    return MARKS[row.get(target) ?? absent];
  };
  return [
    `| suite | case | ${targets.join(' | ')} |`,
    `|---|---|${targets.map(() => '---').join('|')}|`,
    ...rows.map(
      ([key, row]) => `| ${key} | ${targets.map((target) => cell(row, target)).join(' | ')} |`,
    ),
    `| | **passed, failed, skipped** | ${targets.map((target) => totals(reports.get(target))).join(' | ')} |`,
  ].join('\n');
}

function totals(report: TargetReport | undefined): string {
  if (report === undefined) return '';
  const count = (outcome: Outcome): number =>
    report.cases.filter((one) => one.outcome === outcome).length;
  const counts = `${count('passed')}, ${count('failed')}, ${count('skipped')}`;
  if (!report.started) return `${counts}; **did not start**`;
  return report.faults.length > 0 ? `${counts}; **failed**` : counts;
}
