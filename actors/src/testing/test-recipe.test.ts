import { complete } from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { testRecipe } from './index.ts';
import { asker, napper, workerOf } from './sample-recipes.ts';

describe('the recipe test kit', () => {
  it('lives through a recipe by a clock that is moved by hand', async () => {
    const test = testRecipe(napper, { parameters: { ms: 60_000 } });
    await test.start();
    expect(test.status).toBe('sleeping');
    expect(test.waitingFor).toEqual({ kind: 'timer', at: '2026-01-01T00:01:00.000Z' });
    await test.advance(59_999);
    expect(test.result).toBeUndefined();
    await test.advance(1);
    expect(test.status).toBe('completed');
    expect(test.result).toEqual({ ticks: 2 });
    expect(test.waitingFor).toBeNull();
    expect(test.events.map(({ type }) => type)).toEqual([
      'spawn',
      'wake',
      'step',
      'sleep',
      'wake',
      'step',
      'publish',
    ]);
  });

  it('starts the clock where it is told to', async () => {
    const test = testRecipe(napper, { startMs: Date.parse('2030-06-01T00:00:00Z') });
    await test.start();
    expect(test.continuation.createdAt).toBe('2030-06-01T00:00:00.000Z');
  });

  it('gives signals, and says when one is not waited for', async () => {
    const test = testRecipe(asker);
    await test.start();
    await expect(test.signal('stop')).rejects.toMatchObject({ code: 'signal.unknown' });
    await test.signal('go', { approved: true });
    expect(test.result).toEqual({ signal: { approved: true } });
  });

  it('runs detached steps, and tries again when the clock has moved on', async () => {
    const test = testRecipe(
      workerOf(async ({ attempt }) => {
        if (attempt < 2) throw new Error('not yet');
        return complete({ attempt });
      }),
    );
    await test.start();
    await test.runSteps();
    expect(test.status).toBe('running');
    expect(test.failure).toBeNull();
    await test.advance(1000);
    await test.runSteps();
    expect(test.result).toEqual({ attempt: 2 });
  });

  it('says why a recipe failed', async () => {
    const test = testRecipe(workerOf(async () => ({ kind: 'dance' })));
    await test.start();
    await test.runSteps();
    expect(test.status).toBe('failed');
    expect(test.failure).toMatchObject({ code: 'step.outcome_invalid' });
  });

  it('refuses parameters that do not fit, and has no state then', async () => {
    const test = testRecipe(napper, { parameters: { ms: -1 } });
    await expect(test.start()).rejects.toMatchObject({ code: 'recipe.parameters_invalid' });
    expect(() => test.status).toThrow('call start() first');
  });
});
