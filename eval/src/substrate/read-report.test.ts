import { describe, expect, it } from 'vitest';
import { hasFailed, readReport } from './read-report.ts';

const FILE = 'eval/test/substrate.e2e.test.ts';

interface Parts {
  readonly success?: boolean;
  readonly cases?: readonly (readonly [suites: readonly string[], name: string, state: string])[];
  readonly failedSuites?: readonly object[];
  readonly unhandled?: readonly string[];
}

function reportOf({ success = true, cases = [], failedSuites = [], unhandled = [] }: Parts) {
  return JSON.stringify({
    success,
    cases: cases.map(([suites, name, state]) => ({ file: FILE, suites, name, state, ms: 1 })),
    failedSuites: failedSuites.map((suite) => ({ file: FILE, suites: [], ...suite })),
    unhandled,
  });
}

const OK = [['substrate aws'], 'lifecycle', 'passed'] as const;
const SKIPPED = [['substrate aws'], 'outage', 'skipped'] as const;

it('takes a run in which all went well, with what does not apply, for passed', () => {
  const text = reportOf({
    cases: [OK, SKIPPED, [['component set aws', 'blob contract: Dapr, aws'], 'keeps', 'passed']],
  });
  const report = readReport(text, 0);
  expect(report).toMatchObject({ faults: [], started: true });
  expect(report.cases.map(({ suite, name, outcome }) => [suite, name, outcome])).toEqual([
    ['scenario', 'lifecycle', 'passed'],
    ['scenario', 'outage', 'skipped'],
    ['blob contract', 'keeps', 'passed'],
  ]);
  expect(hasFailed(report)).toBe(false);
});

describe('a hook that threw', () => {
  it('before the cases: they were not run, and file, suite and message are told', () => {
    const text = reportOf({
      success: false,
      cases: [[['substrate aws'], 'lifecycle', 'skipped'], SKIPPED, [['other'], 'x', 'passed']],
      failedSuites: [{ suites: ['substrate aws'], messages: ['no Java'] }],
    });
    const report = readReport(text, 1);
    expect(report.cases.map(({ outcome }) => outcome)).toEqual(['unrun', 'unrun', 'passed']);
    expect(report.faults).toEqual([`${FILE} > substrate aws: no Java`]);
    expect(report.started).toBe(false);
    expect(hasFailed(report)).toBe(true);
  });

  it('before the cases of suites inside it: neither were those run', () => {
    const suites = ['component set aws', 'bus contract: Dapr, aws'];
    const text = reportOf({
      success: false,
      cases: [[suites, 'delivers', 'skipped']],
      failedSuites: [{ suites: ['component set aws'], messages: ['no Java'] }],
    });
    expect(readReport(text, 1).cases[0]).toMatchObject({ suite: 'bus contract', outcome: 'unrun' });
  });

  it('after the cases: they keep their outcome, and the target has failed', () => {
    const text = reportOf({
      success: false,
      cases: [OK, SKIPPED],
      failedSuites: [{ suites: ['substrate aws'], messages: ['it does not stop'] }],
    });
    const report = readReport(text, 1);
    expect(report.cases.map(({ outcome }) => outcome)).toEqual(['passed', 'skipped']);
    expect(report.started).toBe(true);
    expect(hasFailed(report)).toBe(true);
  });
});

it.each([
  ['a file that could not be loaded', { failedSuites: [{ messages: ['no such module'] }] }, FILE],
  ['no case at all', {}, 'no case'],
  ['a run that was cut off', { cases: [[['s'], 'x', 'pending']] } satisfies Parts, 'ended with 1'],
])('did not start with %s', (_name, parts, told) => {
  const report = readReport(reportOf({ success: false, ...parts }), 1);
  expect(report.started).toBe(false);
  expect(report.faults.join()).toContain(told);
});

it.each([
  ['a failed case', { success: false, cases: [[['s'], 'x', 'failed']] } satisfies Parts, 1],
  ['an error that nobody caught', { cases: [OK], unhandled: ['late'] } satisfies Parts, 1],
  ['success that vitest denies', { success: false, cases: [OK] } satisfies Parts, 0],
  ['an exit code that nothing explains', { cases: [OK] } satisfies Parts, 7],
])('has failed, but started, with %s', (_name, parts, exitCode) => {
  const report = readReport(reportOf(parts), exitCode);
  expect(report.started).toBe(true);
  expect(hasFailed(report)).toBe(true);
});

it('did not start when vitest left no report', () => {
  expect(readReport(undefined, null)).toEqual({
    cases: [],
    faults: ['vitest ended with a signal and left no report'],
    started: false,
  });
});
