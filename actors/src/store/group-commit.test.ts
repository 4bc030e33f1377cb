import { describe, expect, it } from 'vitest';
import { GroupCommit } from './group-commit.ts';
import { WriteRefused, type RowStore, type RowWrite } from './row-store.ts';

/** A store whose transactions end when the test says so. */
class HeldStore implements RowStore {
  readonly transactions: {
    readonly keys: readonly string[];
    readonly end: (error?: Error) => void;
  }[] = [];

  async read(): Promise<undefined> {
    return undefined;
  }

  async readMany(): Promise<readonly undefined[]> {
    return [];
  }

  write(_partition: string, writes: readonly RowWrite[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.transactions.push({
        keys: writes.map(({ key }) => key),
        end: (error) => (error ? reject(error) : resolve()),
      });
    });
  }

  get keys(): readonly (readonly string[])[] {
    return this.transactions.map(({ keys }) => keys);
  }

  /** Ends a transaction and lets what follows from it happen. */
  async end(index: number, error?: Error): Promise<void> {
    this.transactions[index]?.end(error);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const row = (key: string, value = 'v'): RowWrite => ({ key, value, createOnly: true });

/** The keys of partitions `a`, `b` ...: one row each. */
function writeEach(store: RowStore, partitions: readonly string[]): Promise<void>[] {
  return partitions.map((partition) => store.write(partition, [row(`${partition}:1`)]));
}

describe('while a transaction is under way', () => {
  it('writes of different continuations gather and share the next one', async () => {
    const inner = new HeldStore();
    const store = new GroupCommit(inner, { concurrency: 1 });
    const writes = writeEach(store, ['a', 'b', 'c', 'd']);
    expect(inner.keys).toEqual([['a:1']]);
    await inner.end(0);
    expect(inner.keys).toEqual([['a:1'], ['b:1', 'c:1', 'd:1']]);
    await inner.end(1);
    await Promise.all(writes);
  });

  it('two writes of one continuation never share a transaction', async () => {
    const inner = new HeldStore();
    const store = new GroupCommit(inner, { concurrency: 1 });
    const writes = [
      store.write('x', [row('x:1')]),
      store.write('a', [row('a:1')]),
      store.write('b', [row('b:1')]),
      store.write('a', [row('a:2')]),
      store.write('c', [row('c:1')]),
    ];
    for (let index = 0; index < 3; index++) await inner.end(index);
    await Promise.all(writes);
    expect(inner.keys).toEqual([['x:1'], ['a:1', 'b:1'], ['a:2', 'c:1']]);
  });

  it('no more of them run at a time than the store has writers', async () => {
    const inner = new HeldStore();
    const store = new GroupCommit(inner, { concurrency: 2 });
    const writes = writeEach(store, ['a', 'b', 'c', 'd']);
    expect(inner.keys).toEqual([['a:1'], ['b:1']]);
    await inner.end(1);
    expect(inner.keys).toEqual([['a:1'], ['b:1'], ['c:1', 'd:1']]);
    await inner.end(0);
    await inner.end(2);
    await Promise.all(writes);
  });

  it('a transaction takes no more writes and bytes than it may, but always one', async () => {
    const inner = new HeldStore();
    const store = new GroupCommit(inner, { concurrency: 1, maxWrites: 2, maxBytes: 100 });
    const writes = [
      ...writeEach(store, ['x', 'a', 'b', 'c']),
      store.write('d', [row('d:1', 'v'.repeat(500))]),
      store.write('e', [row('e:1', 'v'.repeat(90))]),
      store.write('f', [row('f:1', 'v'.repeat(90))]),
    ];
    for (let index = 0; index < 6; index++) await inner.end(index);
    await Promise.all(writes);
    expect(inner.keys).toEqual([['x:1'], ['a:1', 'b:1'], ['c:1'], ['d:1'], ['e:1'], ['f:1']]);
  });
});

describe('when a shared transaction fails', () => {
  it('each of its writes is tried alone, and only the one at fault fails', async () => {
    const inner = new HeldStore();
    const store = new GroupCommit(inner, { concurrency: 1 });
    const settled = Promise.allSettled(writeEach(store, ['x', 'a', 'b', 'c']));
    await inner.end(0);
    await inner.end(1, new WriteRefused('b:1 exists'));
    await inner.end(2);
    await inner.end(3, new WriteRefused('b:1 exists'));
    await inner.end(4);
    expect((await settled).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(inner.keys).toEqual([['x:1'], ['a:1', 'b:1', 'c:1'], ['a:1'], ['b:1'], ['c:1']]);
  });

  it('all of them fail at once when the store has given no answer', async () => {
    const inner = new HeldStore();
    const store = new GroupCommit(inner, { concurrency: 1 });
    const settled = Promise.allSettled(writeEach(store, ['x', 'a', 'b', 'c']));
    await inner.end(0);
    await inner.end(1, new Error('no answer in 10 s'));
    expect((await settled).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
    ]);
    expect(inner.keys).toHaveLength(2);
  });

  it('a write that had the transaction to itself is not tried again: the caller decides', async () => {
    const inner = new HeldStore();
    const store = new GroupCommit(inner, { concurrency: 1 });
    const write = store.write('a', [row('a:1')]);
    const rejected = expect(write).rejects.toThrow('the disk is full');
    await inner.end(0, new Error('the disk is full'));
    await rejected;
    expect(inner.keys).toEqual([['a:1']]);
  });

  it('what comes after it is written as if nothing had happened', async () => {
    const inner = new HeldStore();
    const store = new GroupCommit(inner, { concurrency: 1 });
    const failing = Promise.allSettled([store.write('a', [row('a:1')])]);
    await inner.end(0, new Error('no'));
    await failing;
    const write = store.write('a', [row('a:1')]);
    await inner.end(1);
    await write;
    expect(inner.keys).toEqual([['a:1'], ['a:1']]);
  });
});

it('a write whose caller has given up already is not queued', () => {
  const inner = new HeldStore();
  const store = new GroupCommit(inner, { concurrency: 1 });
  expect(() => store.write('a', [row('a:1')], AbortSignal.abort())).toThrow();
  expect(inner.keys).toEqual([]);
});
