import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine, machineLine } from '../bench/report/machine.ts';
import { matrixOf } from './matrix.ts';
import { runTarget, TARGETS, type CaseResult, type Target } from './run-target.ts';

const HELP = `Runs the same suites on every substrate and prints which case passes where.

  npm run test:substrate -- [options]

  --targets A,B   of ${TARGETS.join(', ')} (all)
  --full          1,000 rounds of fencing, a 30 s sleep, a 20 s outage, 10 s of throttling
  --out FILE      where the matrix goes as Markdown (docs/substrate-matrix.md)
  --help          this text

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
  const results = new Map<Target, readonly CaseResult[]>();
  for (const target of targets) {
    process.stdout.write(`\n== ${target}\n`);
    results.set(target, await runTarget(target, { root, full: values.full }));
  }
  const table = matrixOf(results);
  process.stdout.write(`\n${table}\n`);
  writeFileSync(
    path.resolve(values.out),
    documentOf(table, values.full, machineLine(await describeMachine(tmpdir()))),
  );
  const failed = [...results.values()].flat().some(({ outcome }) => outcome === 'failed');
  const empty = [...results].filter(([, found]) => found.length === 0).map(([target]) => target);
  if (empty.length > 0) process.stderr.write(`no case ran on ${empty.join(', ')}\n`);
  process.exitCode = failed || empty.length > 0 ? 1 : 0;
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
