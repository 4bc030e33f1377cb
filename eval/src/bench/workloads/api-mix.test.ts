import { seeded } from '@maestro/core/testing/personal-data';
import { expect, it } from 'vitest';
import { drawFromMix, MIX } from './api-mix.ts';

it('weights are parts of a hundred, and calls come by them', () => {
  expect(Object.values(MIX).reduce<number>((sum, weight) => sum + weight, 0)).toBe(100);
  const random = seeded(1);
  const drawn = Array.from({ length: 20_000 }, () => drawFromMix(random));
  for (const [asked, weight] of Object.entries(MIX)) {
    const share = drawn.filter((one) => one === asked).length / 200;
    expect(Math.abs(share - weight)).toBeLessThan(1);
  }
});

it('there is a wait for each signal', () => {
  expect(MIX.signal).toBeLessThanOrEqual(MIX['start a wait']);
});
