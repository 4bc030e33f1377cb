import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/**
 * Writes a run of vitest as JSON into the file that `MAESTRO_CASE_REPORT` names: every case, and, other than vitest's
 * own JSON, every suite that failed as such, because a hook threw or its file could not be loaded. Cases of such a suite
 * only look as if they were skipped. `read-report.ts` has the form.
 */
// oxlint-disable-next-line import/no-default-export -- vitest wants it so
export default class CaseReporter {
  onTestRunEnd(modules, unhandled, reason) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const report = {
      success: reason === 'passed',
      cases: tests.map((test) => ({
        file: fileOf(test),
        suites: titlesOf(test.parent),
        name: test.name,
        state: test.result().state,
        ms: test.diagnostic()?.duration ?? 0,
      })),
      failedSuites: suites
        .filter((suite) => suite.errors().length > 0)
        .map((suite) => ({
          file: fileOf(suite),
          suites: titlesOf(suite),
          messages: suite.errors().map(({ message }) => message),
        })),
      unhandled: unhandled.map(({ message }) => message),
    };
    writeFileSync(process.env['MAESTRO_CASE_REPORT'], JSON.stringify(report));
  }
}

/** The titles of a suite and of those around it, from the outside in; a file has none. */
function titlesOf(suite) {
  return suite.type === 'module' ? [] : [...titlesOf(suite.parent), suite.name];
}

function fileOf(task) {
  return path.relative(process.cwd(), (task.module ?? task).moduleId);
}
