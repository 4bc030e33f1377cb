import { expect, it } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

it('forgets what was used least recently when it has too many entries', () => {
  const cache = new BoundedCache<number>({ maxEntries: 2, maxChars: 100 });
  cache.set('a', 1);
  cache.set('b', 2);
  expect(cache.get('a')).toBe(1);
  cache.set('c', 3);
  expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.size]).toEqual([
    1,
    undefined,
    3,
    2,
  ]);
});

it('forgets when the keys are too long together', () => {
  const cache = new BoundedCache<number>({ maxEntries: 10, maxChars: 10 });
  cache.set('aaaa', 1);
  cache.set('bbbb', 2);
  cache.set('aaaa', 3);
  expect(cache.size).toBe(2);
  cache.set('cccc', 4);
  expect([cache.get('bbbb'), cache.get('aaaa'), cache.get('cccc')]).toEqual([undefined, 3, 4]);
  cache.set('d'.repeat(11), 5);
  expect(cache.size).toBe(0);
});
