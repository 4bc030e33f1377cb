import { testRecipe } from '@maestro/actors/testing';
import { MAX_SLEEP_MS } from '@maestro/core';
import { expect, it } from 'vitest';
import { noop } from './noop.ts';

it('works, sleeps for as long as it is told to, works and completes', async () => {
  const test = testRecipe(noop, { parameters: { sleepMs: 30_000 } });
  await test.start();
  expect(test.state).toEqual({ steps: 1 });
  await test.advance(29_999);
  expect(test.status).toBe('sleeping');
  await test.advance(1);
  expect(test.status).toBe('completed');
  expect(test.result).toEqual({ steps: 2 });
});

it('sleeps until an instant', async () => {
  const test = testRecipe(noop, { parameters: { wakeAt: '2026-01-01T02:00:00+01:00' } });
  await test.start();
  expect(test.waitingFor).toEqual({ kind: 'timer', at: '2026-01-01T01:00:00.000Z' });
});

it('an instant in the past wakes at once', async () => {
  const test = testRecipe(noop, { parameters: { wakeAt: '2001-01-01T00:00:00Z' } });
  await test.start();
  await test.advance(0);
  expect(test.status).toBe('completed');
});

it('sleeps ten years, and not longer', async () => {
  const test = testRecipe(noop, { parameters: { sleepMs: MAX_SLEEP_MS } });
  await test.start();
  await test.advance(MAX_SLEEP_MS);
  expect(test.status).toBe('completed');
  const longer = testRecipe(noop, { parameters: { sleepMs: MAX_SLEEP_MS + 1 } });
  await expect(longer.start()).rejects.toMatchObject({ code: 'recipe.parameters_invalid' });
  const later = testRecipe(noop, { parameters: { wakeAt: '2126-01-01T00:00:00Z' } });
  await expect(later.start()).rejects.toMatchObject({ code: 'recipe.parameters_invalid' });
});

it('refuses parameters that it does not know', async () => {
  const test = testRecipe(noop, { parameters: { sleep: 1 } });
  await expect(test.start()).rejects.toMatchObject({ code: 'recipe.parameters_invalid' });
});
