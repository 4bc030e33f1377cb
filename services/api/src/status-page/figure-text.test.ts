import { expect, it } from 'vitest';
import { clockText, countText, moneyText, rateText, shareText, spanText } from './figure-text.ts';

it.each([
  [null, '–'],
  [0, '0 ms'],
  [850, '850 ms'],
  [999.6, '1,000 ms'],
  [1_000, '1.00 s'],
  [12_440, '12.4 s'],
  [125_000, '2.08 min'],
  [12_240_000, '3.40 h'],
  [181_440_000, '2.10 d'],
])('says %s ms as %s', (ms, text) => {
  expect(spanText(ms)).toBe(text);
});

it.each([
  [null, '–'],
  [0, '$0'],
  [42, '$0.000042'],
  [4_200, '$0.0042'],
  [12_340_000, '$12.34'],
  [1_234_567_890, '$1,234.57'],
])('says %s millionths as %s', (microUsd, text) => {
  expect(moneyText(microUsd)).toBe(text);
});

it('says counts, rates, shares and times', () => {
  expect(countText(88_102)).toBe('88,102');
  expect([rateText(0, 60), rateText(1, 60), rateText(3_432, 60)]).toEqual(['0.0', '< 0.1', '57.2']);
  expect([shareText(0, 0), shareText(1, 10_000), shareText(12, 1_500)]).toEqual([
    '0 %',
    '< 0.1 %',
    '0.8 %',
  ]);
  expect(clockText(Date.UTC(2026, 0, 1, 12, 31, 5))).toBe('12:31:05');
});
