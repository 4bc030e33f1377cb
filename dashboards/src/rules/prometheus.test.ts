import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ALERT_RULES } from './alert-rules.ts';
import { RECORDING_RULES } from './recording-rules.ts';

const folder = path.resolve(import.meta.dirname, '../..');
const missing = spawnSync('promtool', ['--version']).error !== undefined;
const skipped = missing && !process.env['CI'];

const promtool = (...words: string[]): Promise<{ readonly stdout: string }> =>
  promisify(execFile)('promtool', words, { cwd: folder });

describe.skipIf(skipped)(
  `rules by promtool${skipped ? ' (skipped: it is not installed; apt-get install prometheus)' : ''}`,
  () => {
    it('are sound', async () => {
      const { stdout } = await promtool('check', 'rules', 'rules.yml');
      expect(stdout).toContain(`${ALERT_RULES.length + RECORDING_RULES.length} rules found`);
    }, 60_000);

    it('tell what they are to tell', async () => {
      await promtool('test', 'rules', 'rules_test.yml');
    }, 60_000);
  },
);

interface AlertTest {
  readonly alertname: string;
  readonly exp_alerts?: readonly unknown[];
}

it('every alert is tested both for when it speaks and for when it is silent', () => {
  const { tests } = parse(readFileSync(path.join(folder, 'rules_test.yml'), 'utf8')) as {
    readonly tests: readonly { readonly alert_rule_test?: readonly AlertTest[] }[];
  };
  const cases = tests.flatMap(({ alert_rule_test: all = [] }) => all);
  for (const { alert } of ALERT_RULES) {
    const mine = cases.filter(({ alertname }) => alertname === alert);
    expect(mine.filter((one) => one.exp_alerts).length, alert).toBeGreaterThan(0);
    expect(mine.filter((one) => !one.exp_alerts).length, alert).toBeGreaterThan(0);
  }
});
