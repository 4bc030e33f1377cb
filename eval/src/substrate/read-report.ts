import { z } from 'zod';

/** How a case ended; `unrun`: it should have run, and what it needs did not start. */
export type Outcome = 'passed' | 'failed' | 'skipped' | 'unrun';

/** One case on one target. */
export interface CaseResult {
  readonly suite: string;
  readonly name: string;
  readonly outcome: Outcome;
  readonly ms: number;
}

/** What a run on one target came to. */
export interface TargetReport {
  readonly cases: readonly CaseResult[];
  /** What went wrong outside of any case, each with file and suite. The target has failed if there is one. */
  readonly faults: readonly string[];
  /** False when cases could not run. */
  readonly started: boolean;
}

const Suite = z.object({ file: z.string(), suites: z.array(z.string()) });
type Suite = z.infer<typeof Suite>;

/** What `case-reporter.mjs` writes. */
const Report = z.object({
  success: z.boolean(),
  cases: z.array(
    Suite.extend({
      name: z.string(),
      state: z.enum(['passed', 'failed', 'skipped', 'pending']),
      ms: z.number(),
    }),
  ),
  failedSuites: z.array(Suite.extend({ messages: z.array(z.string()) })),
  unhandled: z.array(z.string()),
});

/**
 * Reads what a run of vitest left behind.
 *
 * @param text The report; undefined when there is none.
 * @param exitCode How vitest ended; null when it was killed.
 */
export function readReport(text: string | undefined, exitCode: number | null): TargetReport {
  const ended = `vitest ended with ${exitCode ?? 'a signal'}`;
  if (text === undefined) {
    return { cases: [], faults: [`${ended} and left no report`], started: false };
  }
  const report = Report.parse(JSON.parse(text));
  const ran = report.cases.filter(({ state }) => state === 'passed' || state === 'failed');
  // A suite whose last hook threw has failed, too, but its cases have run.
  const notStarted = report.failedSuites.filter((suite) => !ran.some((one) => isIn(one, suite)));
  const cases = report.cases.map((one): CaseResult => {
    const kept = one.state === 'skipped' && notStarted.some((suite) => isIn(one, suite));
    return {
      // The suites' titles name their target after the colon or the comma: the columns do that.
      suite: suiteOf(one.suites),
      name: one.name,
      outcome: kept || one.state === 'pending' ? 'unrun' : one.state,
      ms: one.ms,
    };
  });
  const faults = [
    ...report.failedSuites.map(
      ({ file, suites, messages }) => `${[file, ...suites].join(' > ')}: ${messages.join('; ')}`,
    ),
    ...report.unhandled.map((message) => `an error that nobody caught: ${message}`),
    ...(cases.length === 0 ? ['there was no case to run'] : []),
  ];
  const explained = faults.length > 0 || cases.some(({ outcome }) => outcome === 'failed');
  if (!explained && (!report.success || exitCode !== 0)) faults.push(ended);
  const started =
    cases.length > 0 &&
    notStarted.length === 0 &&
    cases.every(({ outcome }) => outcome !== 'unrun');
  return { cases, faults, started };
}

/** Whether anything went wrong on a target. */
export function hasFailed({ cases, faults, started }: TargetReport): boolean {
  return !started || faults.length > 0 || cases.some(({ outcome }) => outcome === 'failed');
}

function isIn(one: Suite, suite: Suite): boolean {
  return (
    one.file === suite.file && suite.suites.every((title, level) => one.suites[level] === title)
  );
}

function suiteOf(titles: readonly string[]): string {
  const last = titles.at(-1) ?? '';
  return last.startsWith('substrate ') ? 'scenario' : (last.split(':')[0] ?? last);
}
