// Everything that CI checks: node infra/scripts/bootstrap.mjs infra/scripts/verify.mjs
// Runs after the bootstrap (packages installed, TypeScript built); ends at the first step that fails.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import process from 'node:process';

const root = fileURLToPath(new URL('../../', import.meta.url));
const bin = (name) => fileURLToPath(new URL(`../../node_modules/.bin/${name}`, import.meta.url));

const STEPS = [
  ['format', bin('oxfmt'), ['--check', '.']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings']],
  ['unused code', bin('knip'), []],
  ['undeclared imports', bin('knip'), ['--strict']],
  ['Dapr', process.execPath, ['infra/dapr/dist/binaries/provide-dapr.js']],
  ['tests', process.execPath, ['infra/scripts/run-tests.mjs']],
];

for (const [name, command, args] of STEPS) {
  const started = performance.now();
  process.stdout.write(`\n== ${String(name)}\n`);
  const code = await new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
    child.on('error', () => resolve(127));
    child.on('exit', (exit) => resolve(exit ?? 1));
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  if (code !== 0) {
    process.stdout.write(`== ${String(name)}: failed after ${seconds} s\n`);
    process.exit(code);
  }
  process.stdout.write(`== ${String(name)}: ok, ${seconds} s\n`);
}
