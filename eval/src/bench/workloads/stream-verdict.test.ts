import type { StoredEvent } from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { oneWake } from './one-wake.ts';
import { judgeStream } from './stream-verdict.ts';

function wake(itemId: string, atMs: number, lateMs = 1): StoredEvent {
  return {
    type: 'wake',
    continuation: 'c',
    at: new Date(atMs).toISOString(),
    payload: { cause: { kind: 'stream', itemId }, lateMs },
  } as unknown as StoredEvent;
}

const birth = {
  type: 'wake',
  at: new Date(0).toISOString(),
  payload: { cause: { kind: 'spawn' }, lateMs: 0 },
} as unknown as StoredEvent;

describe('the verdict on a stream', () => {
  it('measures from the call of the batch and from the instant that the stream noted', () => {
    const logs = [[birth], [birth, wake('item-60', 1_020, 7)]];
    expect(judgeStream(logs, new Map([[1, 60]]), [500, 1_000])).toEqual({
      missed: 0,
      doubled: 0,
      sinceCallMs: [20],
      sinceStoredMs: [7],
    });
  });

  it('counts who was missed and every wake that nobody asked for', () => {
    const logs = [
      [birth],
      [birth, wake('item-1', 5), wake('item-1', 6)],
      [birth, wake('item-9', 5)],
      [birth, wake('item-4', 5)],
    ];
    const expected = new Map([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    expect(judgeStream(logs, expected, [0])).toMatchObject({ missed: 2, doubled: 3 });
  });
});

describe('the one wake of a log', () => {
  it('is the one that is not its birth', () => {
    expect(oneWake([birth, wake('item-1', 5)], 'stream')).toMatchObject({ atMs: 5 });
  });

  it('has to be there, of that cause, and alone', () => {
    expect(() => oneWake([birth], 'stream')).toThrow('one wake by stream');
    expect(() => oneWake([birth, wake('a', 5)], 'human')).toThrow('not (stream)');
    expect(() => oneWake([birth, wake('a', 5), wake('b', 6)], 'stream')).toThrow('stream, stream');
  });
});
