import { TARGETS, type CaseResult, type Outcome, type Target } from './run-target.ts';

const MARKS: Readonly<Record<Outcome, string>> = {
  passed: 'ok',
  failed: '**failed**',
  skipped: '-',
};

/** A Markdown table: a case each row, a target each column. */
export function matrixOf(results: ReadonlyMap<Target, readonly CaseResult[]>): string {
  const targets = TARGETS.filter((target) => results.has(target));
  const cases = new Map<string, Map<Target, Outcome>>();
  for (const [target, found] of results) {
    for (const { suite, name, outcome } of found) {
      const key = `${suite} | ${name}`;
      const row = cases.get(key) ?? new Map<Target, Outcome>();
      cases.set(key, row);
      // The same suite can run twice on a target (with and without group commit): the worse counts.
      const before = row.get(target);
      if (before === undefined || outcome === 'failed') row.set(target, outcome);
    }
  }
  const rows = [...cases].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `| suite | case | ${targets.join(' | ')} |`,
    `|---|---|${targets.map(() => '---').join('|')}|`,
    ...rows.map(
      ([key, row]) =>
        `| ${key} | ${targets.map((target) => MARKS[row.get(target) ?? 'skipped']).join(' | ')} |`,
    ),
    `| | **passed, failed, skipped** | ${targets.map((target) => totals(results.get(target) ?? [])).join(' | ')} |`,
  ].join('\n');
}

function totals(results: readonly CaseResult[]): string {
  const count = (outcome: Outcome): number =>
    results.filter((result) => result.outcome === outcome).length;
  return `${count('passed')}, ${count('failed')}, ${count('skipped')}`;
}
