import { expect, it } from 'vitest';
import { duration } from './duration.ts';

it.each([
  ['30d', 2_592_000_000],
  ['90m', 5_400_000],
  ['1d12h', 129_600_000],
  ['1.5s', 1_500],
  ['250ms', 250],
  ['2w', 1_209_600_000],
])('%s is a duration', (text, ms) => {
  expect(duration(text)).toBe(ms);
});

it.each(['', '3', 'd', '3 d', '-1d', '0s', '3days', 'x3d'])('%j is none', (text) => {
  expect(() => duration(text)).toThrow('a duration such as');
});
