import { testRecipe } from '@maestro/actors/testing';
import { expect, it } from 'vitest';
import { countdown } from './countdown.ts';

it('ticks n times, with a sleep between two ticks', async () => {
  const test = testRecipe(countdown, { parameters: { n: 20, everyMs: 500 } });
  await test.start();
  await test.advance(9_499);
  expect(test.status).toBe('sleeping');
  expect(test.state).toEqual({ left: 1 });
  await test.advance(1);
  expect(test.result).toEqual({ ticks: 20 });
  expect(test.continuation.tick).toBe(20);
});

it('ticks a second apart unless told otherwise, and once without a sleep', async () => {
  const test = testRecipe(countdown, { parameters: { n: 2 } });
  await test.start();
  expect(test.waitingFor).toEqual({ kind: 'timer', at: '2026-01-01T00:00:01.000Z' });
  const once = testRecipe(countdown, { parameters: { n: 1 } });
  await once.start();
  expect(once.result).toEqual({ ticks: 1 });
});

it('a countdown without pauses ends in one go', async () => {
  const test = testRecipe(countdown, { parameters: { n: 50, everyMs: 0 } });
  await test.start();
  await test.advance(0);
  expect(test.result).toEqual({ ticks: 50 });
});

it('counts from one up', async () => {
  const test = testRecipe(countdown, { parameters: { n: 0 } });
  await expect(test.start()).rejects.toMatchObject({ code: 'recipe.parameters_invalid' });
});
