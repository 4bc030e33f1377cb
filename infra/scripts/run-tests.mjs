// All tests, and once more the files that failed: node infra/scripts/run-tests.mjs [filters]
// Only contract and end-to-end files are run again, and no more than MAX_AGAIN of them: they start servers, and what failed may
// have been the machine. What then passes is printed as FLAKY and belongs in an issue. The last line has the totals.
import { relative } from 'node:path';
import process from 'node:process';
import { startVitest } from 'vitest/node';

const MAX_AGAIN = 3;
const STARTS_SERVERS = /\.(contract|e2e)\.test\.ts$/u;

/** Runs the test files that match. Gives what each came to, and how many errors no file accounts for. */
async function run(filters) {
  const vitest = await startVitest('test', filters, { run: true, watch: false });
  const files = new Map(
    vitest.state.getTestModules().map((module) => [module.moduleId, outcome(module)]),
  );
  const stray = vitest.state.getUnhandledErrors().length;
  await vitest.close();
  return { files, stray };
}

/** A file that could not be loaded, or whose hooks failed, has no failed test of its own: it counts as one. */
function outcome(module) {
  const failures = [...module.children.allTests('failed')].map((test) => test.fullName);
  if (!module.ok() && failures.length === 0) failures.push('the file, or a hook of it');
  return { passed: [...module.children.allTests('passed')].length, failures };
}

const named = (path, test) => `${relative(process.cwd(), path)} > ${test}`;

const { files, stray } = await run(process.argv.slice(2));
const failed = [...files.keys()].filter((path) => files.get(path).failures.length > 0);
const flaky = [];
let strayAgain = 0;
if (
  failed.length > 0 &&
  failed.length <= MAX_AGAIN &&
  failed.every((path) => STARTS_SERVERS.test(path))
) {
  process.stdout.write(
    `\n== once more: ${failed.map((path) => relative(process.cwd(), path)).join(', ')}\n`,
  );
  const again = await run(failed);
  strayAgain = again.stray;
  for (const path of failed) {
    const second = again.files.get(path);
    if (second === undefined) continue;
    if (second.failures.length === 0)
      flaky.push(...files.get(path).failures.map((test) => named(path, test)));
    files.set(path, second);
  }
}

const failures = [...files].flatMap(([path, file]) =>
  file.failures.map((test) => named(path, test)),
);
if (files.size === 0) failures.push('no test file matches');
if (stray + strayAgain > 0)
  failures.push(`${String(stray + strayAgain)} errors outside of tests: see above`);
const passed = [...files.values()].reduce((sum, file) => sum + file.passed, 0);
for (const test of failures) process.stdout.write(`FAILED ${test}\n`);
for (const test of flaky) process.stdout.write(`FLAKY ${test}: failed, then passed\n`);
process.stdout.write(
  `Totals: ${String(passed)} passed, ${String(failures.length)} failed, ${String(flaky.length)} flaky\n`,
);
process.exit(failures.length > 0 ? 1 : 0);
