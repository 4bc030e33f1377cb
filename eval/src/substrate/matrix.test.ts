import { expect, it } from 'vitest';
import { matrixOf } from './matrix.ts';
import type { Outcome, TargetReport } from './read-report.ts';

function reportOf(
  outcomes: Readonly<Record<string, Outcome>>,
  rest: Partial<TargetReport> = {},
): TargetReport {
  const cases = Object.entries(outcomes).map(([name, outcome]) => ({
    suite: 'scenario',
    name,
    outcome,
    ms: 1,
  }));
  return { cases, faults: [], started: true, ...rest };
}

it('has a dash only where a case does not apply, and marks a target that did not start', () => {
  const table = matrixOf(
    new Map([
      ['memory', reportOf({})],
      ['local', reportOf({ lifecycle: 'passed', outage: 'skipped' })],
      ['azure', reportOf({ lifecycle: 'passed', outage: 'failed' })],
      ['aws', reportOf({ lifecycle: 'unrun' }, { started: false, faults: ['no Java'] })],
    ]),
  );
  expect(table.split('\n')).toEqual([
    '| suite | case | memory | local | azure | aws |',
    '|---|---|---|---|---|---|',
    '| scenario | lifecycle | - | ok | ok | **not run** |',
    '| scenario | outage | - | - | **failed** | **not run** |',
    '| | **passed, failed, skipped** | 0, 0, 0 | 1, 0, 1 | 1, 1, 0 | 0, 0, 0; **did not start** |',
  ]);
});

it('marks a target that failed outside of its cases, and of two runs of a case shows the worse', () => {
  const twice = reportOf({ keeps: 'passed' }, { faults: ['it does not stop'] });
  const cases = [...twice.cases, { suite: 'scenario', name: 'keeps', outcome: 'skipped', ms: 1 }];
  const table = matrixOf(new Map([['local', { ...twice, cases } as TargetReport]]));
  expect(table).toContain('| scenario | keeps | - |');
  expect(table).toContain('1, 0, 1; **failed**');
});
