import { testRecipe } from '@maestro/actors/testing';
import { expect, it } from 'vitest';
import { probe } from './probe.ts';

it('wakes until its end, and reports how late', async () => {
  const parameters = { everyMs: 1_000, until: '2026-01-01T00:00:10.000Z' };
  const test = testRecipe(probe, { parameters });
  await test.start();
  await test.advance(9_999);
  expect(test.status).toBe('sleeping');
  expect(test.state).toMatchObject({ wakes: 9, inTime: 9, maxLateMs: 0 });
  await test.advance(1);
  expect(test.result).toEqual({
    wakes: 10,
    inTimeShare: 1,
    p50LateMs: 0,
    p99LateMs: 0,
    maxLateMs: 0,
  });
});

it('takes no end that is no instant', async () => {
  const test = testRecipe(probe, { parameters: { until: 'for ever' } });
  await expect(test.start()).rejects.toMatchObject({ code: 'recipe.parameters_invalid' });
});
