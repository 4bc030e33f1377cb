import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runVitest } from './run-target.ts';

const root = path.resolve(import.meta.dirname, '../../..');

it('tells a backend that does not start from cases that do not apply', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'maestro-run-target-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string): void =>
    writeFileSync(path.join(folder, `${name}.test.js`), text);
  write(
    'broken',
    `describe('component set x', () => {
      beforeAll(() => { throw new Error('the backend does not start'); });
      describe('store contract: x', () => { it('keeps', () => {}); });
    });`,
  );
  write('whole', `it('runs', () => {}); it('does not apply', (test) => test.skip('why'));`);
  write('lost', `import './nowhere.js';`);
  const report = await runVitest({ root, folder, words: ['--globals'], silent: true });
  const outcomes = report.cases.map(({ suite, name, outcome }) => `${suite}, ${name}: ${outcome}`);
  expect([...outcomes].sort()).toEqual([
    ', does not apply: skipped',
    ', runs: passed',
    'store contract, keeps: unrun',
  ]);
  expect(report.started).toBe(false);
  expect([...report.faults].sort()).toEqual([
    'broken.test.js > component set x: the backend does not start',
    expect.stringMatching(/^lost\.test\.js: .*nowhere\.js/),
  ]);
}, 60_000);
