import { sampleCommit } from '@maestro/core/testing';
import { expect, it } from 'vitest';
import { ref } from '../testing/drive.ts';
import { MemoryRowStore } from '../testing/index.ts';
import { FencedStore } from './fenced-store.ts';

const QUICK = { commitTimeoutMs: 50, retryDelayMs: 1 };
const { entries, head } = sampleCommit(ref, null, { commitId: 'x.1', events: 4 }).commit;
const restore = { ref, from: 1, entries, head };

it('takes rows whose answer was lost for stored', async () => {
  const rows = new MemoryRowStore();
  rows.fault = () => 'lose-answer';
  expect(await new FencedStore(rows, QUICK).restore(restore)).toBe('present');
  expect(rows.snapshot().size).toBe(5);
});

it('goes on once the store takes writes again', async () => {
  const rows = new MemoryRowStore();
  let refusals = 2;
  rows.fault = () => (refusals-- > 0 ? 'refuse' : undefined);
  expect(await new FencedStore(rows, QUICK).restore(restore)).toBe('restored');
});

it('says that it does not know, and stores all or nothing', async () => {
  const rows = new MemoryRowStore();
  rows.fault = () => 'refuse';
  await expect(new FencedStore(rows, QUICK).restore(restore)).rejects.toMatchObject({
    code: 'commit.outcome_unknown',
  });
  expect(rows.snapshot().size).toBe(0);
});

it('a page that lags behind does not pass for an empty store', async () => {
  const rows = new MemoryRowStore();
  await new FencedStore(rows, QUICK).restore(restore);
  let lagging = 2;
  const readMany = rows.readMany.bind(rows);
  rows.readMany = async (partition, keys) =>
    lagging-- > 0 ? keys.map(() => undefined) : readMany(partition, keys);
  expect(await new FencedStore(rows, QUICK).restore(restore)).toBe('present');
  lagging = 2;
  const other = sampleCommit(ref, null, { commitId: 'y.1', events: 4 }).commit.entries;
  expect(await new FencedStore(rows, QUICK).restore({ ref, from: 1, entries: other })).toBe(
    'conflict',
  );
});
