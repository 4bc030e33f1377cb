import { expect, it } from 'vitest';
import { distributionOf, median, percentile } from './statistics.ts';

const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

it('takes percentiles by nearest rank', () => {
  expect(percentile(hundred, 50)).toBe(50);
  expect(percentile(hundred, 99)).toBe(99);
  expect(percentile([7], 99)).toBe(7);
  expect(percentile([], 50)).toBeNaN();
});

it('takes the mean of the two middle values of an even count as the median', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([3, 1, 2])).toBe(2);
});

it('counts what it summarizes', () => {
  expect(distributionOf(hundred)).toEqual({ count: 100, p50: 50, p90: 90, p99: 99, max: 100 });
});
