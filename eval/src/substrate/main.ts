import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine, machineLine } from '../bench/report/machine.ts';
import { matrixOf } from './matrix.ts';
import { hasFailed, type TargetReport } from './read-report.ts';
import { runTarget, TARGETS, type Target } from './run-target.ts';

const HELP = `Runs the same suites on every substrate and prints which case passes where.

  npm run test:substrate -- [options]

  --targets A,B   of ${TARGETS.join(', ')} (all)
  --full          1,000 rounds of fencing, a 30 s sleep, a 20 s outage, 10 s of throttling
  --out FILE      where the matrix goes as Markdown (docs/substrate-matrix.md)
  --help          this text

Ends with 1 when a case failed or a target did not start; then it says which file and why, and writes no matrix if a
target did not start.

MAESTRO_ACCOUNTS=azure,aws runs those on real accounts; components/README.md says what has to be set.
`;

const root = fileURLToPath(new URL('../../../', import.meta.url));
const { values } = parseArgs({
  options: {
    targets: { type: 'string', default: TARGETS.join(',') },
    full: { type: 'boolean', default: false },
    out: { type: 'string', default: path.join(root, 'docs/substrate-matrix.md') },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
} else {
  const targets = values.targets.split(',').map(targetOf);
  const reports = new Map<Target, TargetReport>();
  for (const target of targets) {
    process.stdout.write(`\n== ${target}\n`);
    reports.set(target, await runTarget(target, { root, full: values.full }));
  }
  const table = matrixOf(reports);
  process.stdout.write(`\n${table}\n`);
  for (const [target, { faults }] of reports) {
    for (const fault of faults) process.stderr.write(`${target}: ${fault}\n`);
  }
  const out = path.resolve(values.out);
  if ([...reports.values()].every(({ started }) => started)) {
    const machine = machineLine(await describeMachine(tmpdir()));
    writeFileSync(out, documentOf(table, values.full, machine));
  } else {
    process.stderr.write(`no matrix goes to ${out}: not every target could start\n`);
  }
  process.exitCode = [...reports.values()].some(hasFailed) ? 1 : 0;
}

function targetOf(text: string): Target {
  const target = TARGETS.find((one) => one === text);
  if (target === undefined)
    throw new TypeError(`--targets are of ${TARGETS.join(', ')}, not '${text}'`);
  return target;
}

function documentOf(table: string, full: boolean, machine: string): string {
  return `# Substrate matrix

Written by \`npm run test:substrate${full ? ' -- --full' : ''}\`. The same cases run everywhere: the conformance suites of the ports, and scenarios of
two workers and an API with real sidecars. \`memory\` runs the suites without daprd. A dash: the case does not apply there
(a file cannot be killed, a store cannot be told to throttle, a set has no broker). What stands in for the services of a
cloud: [components/README.md](../components/README.md).

${machine}

${table}
`;
}
