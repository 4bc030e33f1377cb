import { expect, it } from 'vitest';
import { WriteQueue } from './write-queue.ts';

function queueOf(maxSize: number, refuses: (items: readonly string[]) => boolean = () => false) {
  const writes: string[] = [];
  const queue = new WriteQueue<string>(async (items) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (refuses(items)) throw new Error(`refused ${items.join('')}`);
    writes.push(items.join(''));
  }, maxSize);
  return { queue, writes };
}

it('writes together what comes while a write is under way, up to a size', async () => {
  const { queue, writes } = queueOf(3);
  await Promise.all('abcdefgh'.split('').map((item) => queue.add(item, 1)));
  await queue.add('i', 9);
  expect(writes).toEqual(['abc', 'def', 'gh', 'i']);
});

it('rejects only what cannot be written', async () => {
  const { queue, writes } = queueOf(10, (items) => items.includes('b'));
  const results = await Promise.allSettled(['a', 'b', 'c'].map((item) => queue.add(item, 1)));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(writes).toEqual(['a', 'c']);
});

it('is idle when all is written', async () => {
  const { queue, writes } = queueOf(1);
  void queue.add('a', 1);
  void queue.add('b', 1);
  await queue.idle();
  expect(writes).toEqual(['a', 'b']);
  await queue.idle();
});
