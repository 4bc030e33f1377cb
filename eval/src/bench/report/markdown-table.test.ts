import { expect, it } from 'vitest';
import { markdownTable } from './markdown-table.ts';

it('shows the median and the range of each group and leaves out columns without figures', () => {
  const runs = [
    { set: 'local', rate: 100, missing: Number.NaN },
    { set: 'local', rate: 300, missing: Number.NaN },
    { set: 'local', rate: 210, missing: Number.NaN },
    { set: 'postgres', rate: 5.25, missing: Number.NaN },
  ];
  const text = markdownTable('rates', runs, ['set'], (run) => [run.set], [
    { title: 'per second', of: (run) => run.rate },
    { title: 'missing', of: (run) => run.missing },
  ]);
  expect(text.split('\n')).toEqual([
    '### rates',
    '',
    '| set | runs | per second |',
    '|---|---|---|',
    '| local | 3 | 210 (100-300) |',
    '| postgres | 1 | 5.25 |',
    '',
  ]);
});
