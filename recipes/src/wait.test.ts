import { testRecipe } from '@maestro/actors/testing';
import { expect, it } from 'vitest';
import { wait } from './wait.ts';

it('waits for its signal and completes with what came along', async () => {
  const test = testRecipe(wait, { parameters: { signal: 'approve' } });
  await test.start();
  expect(test.waitingFor).toEqual({ kind: 'human', signal: 'approve' });
  await test.advance(30 * 24 * 3_600_000);
  expect(test.status).toBe('sleeping');
  await expect(test.signal('go')).rejects.toMatchObject({ code: 'signal.unknown' });
  await test.signal('approve', { note: 'fine' });
  expect(test.result).toEqual({ signal: 'approve', payload: { note: 'fine' } });
});

it('a signal without a payload is a signal', async () => {
  const test = testRecipe(wait);
  await test.start();
  await test.signal('go');
  expect(test.result).toEqual({ signal: 'go', payload: null });
});

it('ends without a signal when its time is over', async () => {
  const test = testRecipe(wait, { parameters: { timeout: '2026-01-01T01:00:00Z' } });
  await test.start();
  await test.advance(3_599_999);
  expect(test.status).toBe('sleeping');
  await test.advance(1);
  expect(test.result).toEqual({ signal: null });
  expect(test.continuation.lastWake?.cause).toMatchObject({ kind: 'timeout', signal: 'go' });
});

it('can be paused and killed while it waits', async () => {
  const test = testRecipe(wait);
  await test.start();
  await test.signal('pause');
  expect(test.status).toBe('paused');
  await expect(test.signal('go')).rejects.toMatchObject({ code: 'continuation.paused' });
  await test.signal('resume');
  await test.signal('kill');
  expect(test.status).toBe('killed');
});

it('does not wait for a signal that every continuation takes', async () => {
  for (const signal of ['kill', 'pause', 'resume', 'No']) {
    const test = testRecipe(wait, { parameters: { signal } });
    await expect(test.start()).rejects.toMatchObject({ code: 'recipe.parameters_invalid' });
  }
});
