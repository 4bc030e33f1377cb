import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../infra/scripts/run-tests.mjs', import.meta.url));
const PASSES_THE_SECOND_TIME = `import { existsSync, writeFileSync } from 'node:fs';
test('second time lucky', () => { if (!existsSync(import.meta.url.slice(7) + '.seen')) { writeFileSync(import.meta.url.slice(7) + '.seen', ''); throw new Error('first'); } });`;
const FAILS = `test('fails', () => { throw new Error('always'); });`;
const PASSES = `test('passes', () => {});`;

describe('the test command', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'maestro-run-tests-'));
    writeFileSync(join(folder, 'vitest.config.mjs'), 'export default { test: { globals: true } };');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function run(files: Record<string, string>) {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    // The run inside must not take itself for a worker of the run around it.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')),
    );
    const { status, stdout } = spawnSync(process.execPath, [SCRIPT], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    const said = stdout.split('\n').filter((line) => /^(?:FAILED|FLAKY|Totals)/u.test(line));
    return { status, said };
  }

  test('counts what passed', () => {
    expect(run({ 'a.test.ts': PASSES, 'b.e2e.test.ts': PASSES })).toEqual({
      status: 0,
      said: ['Totals: 2 passed, 0 failed, 0 flaky'],
    });
  });

  test('runs an end-to-end file that failed once more, and says so', () => {
    expect(run({ 'a.test.ts': PASSES, 'b.e2e.test.ts': PASSES_THE_SECOND_TIME })).toEqual({
      status: 0,
      said: [
        'FLAKY b.e2e.test.ts > second time lucky: failed, then passed',
        'Totals: 2 passed, 0 failed, 1 flaky',
      ],
    });
  });

  test('gives unit tests no second chance', () => {
    expect(run({ 'a.test.ts': PASSES_THE_SECOND_TIME })).toEqual({
      status: 1,
      said: ['FAILED a.test.ts > second time lucky', 'Totals: 0 passed, 1 failed, 0 flaky'],
    });
  });

  test('fails when a file fails twice', () => {
    expect(run({ 'a.e2e.test.ts': FAILS, 'b.contract.test.ts': PASSES_THE_SECOND_TIME })).toEqual({
      status: 1,
      said: [
        'FAILED a.e2e.test.ts > fails',
        'FLAKY b.contract.test.ts > second time lucky: failed, then passed',
        'Totals: 1 passed, 1 failed, 1 flaky',
      ],
    });
  });

  test('runs nothing again when more than three files failed', () => {
    const files = Object.fromEntries(
      [1, 2, 3, 4].map((n) => [`${String(n)}.e2e.test.ts`, PASSES_THE_SECOND_TIME]),
    );
    const { status, said } = run(files);
    expect(status).toBe(1);
    expect(said.at(-1)).toBe('Totals: 0 passed, 4 failed, 0 flaky');
  });

  test('fails when a hook fails, a file cannot be loaded, or an error is nobody’s', () => {
    const { status, said } = run({
      'a.e2e.test.ts': `beforeAll(() => { throw new Error('hook'); });\n${PASSES}`,
      'b.e2e.test.ts': 'import "./nowhere.js";',
      'c.test.ts': `test('passes', () => { setTimeout(() => { throw new Error('stray'); }); return new Promise((r) => setTimeout(r, 50)); });`,
    });
    expect(status).toBe(1);
    expect(said).toEqual([
      'FAILED a.e2e.test.ts > the file, or a hook of it',
      'FAILED b.e2e.test.ts > the file, or a hook of it',
      'FAILED 1 errors outside of tests: see above',
      'Totals: 1 passed, 3 failed, 0 flaky',
    ]);
  });
});
