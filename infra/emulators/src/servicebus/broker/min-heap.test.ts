import { describe, expect, it } from 'vitest';
import { MinHeap } from './min-heap.ts';

describe('MinHeap', () => {
  it('gives values in the order of their keys, however they were added', () => {
    const heap = new MinHeap<number>();
    const keys = Array.from({ length: 200 }, (_, n) => (n * 73) % 200);
    for (const key of keys) heap.push(key, key);
    const out = Array.from({ length: 200 }, () => heap.pop());
    expect(out).toEqual(Array.from({ length: 200 }, (_, n) => n));
    expect(heap.pop()).toBeUndefined();
  });

  it('gives only what is due', () => {
    const heap = new MinHeap<string>();
    heap.push(5, 'later');
    heap.push(1, 'now');
    expect(heap.popUpTo(2)).toBe('now');
    expect(heap.popUpTo(2)).toBeUndefined();
    expect(heap.size).toBe(1);
  });
});
