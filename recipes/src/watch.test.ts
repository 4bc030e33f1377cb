import { testRecipe } from '@maestro/actors/testing';
import { expect, it } from 'vitest';
import { watch } from './watch.ts';

it('waits for items that its predicate lets through, and completes with their ids', async () => {
  const test = testRecipe(watch, {
    parameters: { stream: 'papers', predicate: 'item.title != ""', n: 2 },
  });
  await test.start();
  await test.item('papers', { id: 'untitled' });
  expect(test.status).toBe('sleeping');
  await test.item('papers', { id: 'a', title: 'A' });
  await test.item('papers', { id: 'a', title: 'A' });
  await test.item('others', { id: 'b', title: 'B' });
  expect(test.status).toBe('sleeping');
  await test.item('papers', { id: 'c', title: 'C' });
  expect(test.result).toEqual({ ids: ['a', 'c'] });
});

it('fails at once when its predicate is wrong', async () => {
  const test = testRecipe(watch, { parameters: { stream: 'papers', predicate: 'item.title > 3' } });
  await test.start();
  expect(test.failure?.code).toBe('predicate.invalid');
});
