import { headKey, logKey, snapshotKey, type ContinuationRef } from '@maestro/core';
import { sampleCommit } from '@maestro/core/testing';
import { describe, expect, it } from 'vitest';
import { ref } from '../testing/drive.ts';
import { MemoryRowStore } from '../testing/index.ts';
import { FencedStore } from './fenced-store.ts';
import type { RowWrite } from './row-store.ts';

const QUICK = { commitTimeoutMs: 50, retryDelayMs: 1 };

function storeOn(rows: MemoryRowStore): FencedStore {
  return new FencedStore(rows, QUICK);
}

it('writes entries create-only, and the head and snapshots over what is there, in one transaction', async () => {
  const rows = new MemoryRowStore();
  const writes: RowWrite[][] = [];
  rows.fault = (all) => {
    writes.push([...all]);
    return undefined;
  };
  const { commit } = sampleCommit(ref, null, { commitId: 'a.1', events: 2 });
  await storeOn(rows).commit({ ...commit, snapshots: [{ sequence: 2, state: '{}' }] });
  expect(writes.map((all) => all.map(({ key, createOnly }) => [key, createOnly]))).toEqual([
    [
      [logKey(ref, 1), true],
      [logKey(ref, 2), true],
      [headKey(ref), false],
      [snapshotKey(ref, 2), false],
    ],
  ]);
});

it('repeats a refused write byte for byte', async () => {
  const rows = new MemoryRowStore();
  const tries: string[] = [];
  rows.fault = (all) => {
    tries.push(JSON.stringify(all));
    return tries.length < 4 ? 'refuse' : undefined;
  };
  expect(
    await new FencedStore(rows, { commitTimeoutMs: 10_000, retryDelayMs: 1 }).commit(
      sampleCommit(ref, null, { commitId: 'a.1' }).commit,
    ),
  ).toBe('committed');
  expect(tries).toHaveLength(4);
  expect(new Set(tries).size).toBe(1);
});

it('does not try again what another host has won', async () => {
  const rows = new MemoryRowStore();
  const first = sampleCommit(ref, null, { commitId: 'a.1' });
  await storeOn(rows).commit(first.commit);
  let tries = 0;
  rows.fault = () => {
    tries++;
    return undefined;
  };
  expect(await storeOn(rows).commit(sampleCommit(ref, null, { commitId: 'b.1' }).commit)).toBe(
    'conflict',
  );
  expect(tries).toBe(1);
});

/** A commit whose answer is lost, and what happens before its host looks. */
async function lost(after: (rows: MemoryRowStore, next: () => Promise<unknown>) => void) {
  const rows = new MemoryRowStore();
  const first = sampleCommit(ref, null, { commitId: 'a.1', events: 2 });
  const second = sampleCommit(ref, first.state, { commitId: 'b.1', generation: 2 });
  rows.fault = () => 'lose-answer';
  after(rows, async () => {
    rows.fault = undefined;
    return storeOn(rows).commit(second.commit);
  });
  const result = await storeOn(rows).commit(first.commit);
  return { result, head: await storeOn(rows).readHead(ref), first, second };
}

describe('when the answer of a write is lost', () => {
  it('finds its own entry and says committed', async () => {
    const { result, head, first } = await lost(() => undefined);
    expect(result).toBe('committed');
    expect(head).toBe(first.commit.head);
  });

  it('finds somebody else behind it and says superseded', async () => {
    const { result, head, second } = await lost((rows, next) => {
      const read = rows.read.bind(rows);
      let done = false;
      rows.read = async (partition, key) => {
        if (!done) {
          done = true;
          await next();
        }
        return read(partition, key);
      };
    });
    expect(result).toBe('superseded');
    expect(head).toBe(second.commit.head);
  });

  it('and the store cannot be read, it does not know', async () => {
    const rows = new MemoryRowStore();
    rows.fault = () => 'lose-answer';
    rows.read = async () => {
      throw new Error('the store is away');
    };
    await expect(
      storeOn(rows).commit(sampleCommit(ref, null, { commitId: 'a.1' }).commit),
    ).rejects.toMatchObject({ code: 'commit.outcome_unknown', retryable: true });
  });
});

it('gives up early when the caller does, and says that it does not know', async () => {
  const rows = new MemoryRowStore();
  const caller = new AbortController();
  rows.fault = () => {
    caller.abort();
    return 'refuse';
  };
  const store = new FencedStore(rows, { commitTimeoutMs: 60_000, retryDelayMs: 1 });
  await expect(
    store.commit(sampleCommit(ref, null, { commitId: 'a.1' }).commit, caller.signal),
  ).rejects.toMatchObject({ code: 'commit.outcome_unknown' });
});

it('keeps continuations of different tenants apart even under the same id', async () => {
  const rows = new MemoryRowStore();
  const store = storeOn(rows);
  const other: ContinuationRef = { tenant: 'acme-2', id: ref.id };
  await store.commit(sampleCommit(ref, null, { commitId: 'a.1' }).commit);
  expect(await store.readHead(other)).toBeUndefined();
  expect(await store.readRange(other, 1, 10)).toEqual([]);
});

it('reads what a lagging read of many rows lacks, up to the end of the log', async () => {
  const rows = new MemoryRowStore();
  const lagging: ReadonlySet<string> = new Set([logKey(ref, 3), logKey(ref, 5)]);
  const readMany = rows.readMany.bind(rows);
  rows.readMany = async (partition, keys) =>
    (await readMany(partition, keys)).map((row, index) =>
      lagging.has(keys[index] ?? '') ? undefined : row,
    );
  const { commit } = sampleCommit(ref, null, { commitId: 'a.1', events: 5 });
  await storeOn(rows).commit(commit);
  expect(await storeOn(rows).readRange(ref, 2, 10)).toEqual(commit.entries.slice(1));
});
