import { partitionKeyOf } from '@maestro/core';
import { sampleCommit } from '@maestro/core/testing';
import { expect, it } from 'vitest';
import type { EventColumns } from '../tables/event-columns.ts';
import { copyBatches, lastOfLogs } from './copy-batches.ts';

const refs = ['01J00000000000000000000001', '01J00000000000000000000002'].map((id) => ({
  tenant: 'acme',
  id,
}));
const commits = refs.map(
  (ref) => sampleCommit(ref, null, { commitId: 'a.1', events: 3_500 }).commit,
);

const source: Parameters<typeof copyBatches>[0] = {
  rows: async (lacking) =>
    new Map(
      lacking.map(({ ref, after, to }) => [
        partitionKeyOf(ref),
        (commits[refs.findIndex(({ id }) => id === ref.id)]?.entries ?? []).slice(after, to),
      ]),
    ),
};

async function batchesOf(
  after: number,
  from = source,
  onBroken: (id: string) => void = () => undefined,
): Promise<readonly (readonly EventColumns[])[]> {
  const batches: (readonly EventColumns[])[] = [];
  const lacking = refs.map((ref) => ({ ref, after, to: 3_500 }));
  for await (const batch of copyBatches(from, lacking, ({ id }) => onBroken(id))) {
    batches.push(batch);
  }
  return batches;
}

it('gives all that logs lack, in order and in bounded batches', async () => {
  const batches = await batchesOf(10);
  expect(batches.length).toBeGreaterThan(1);
  for (const batch of batches) expect(batch.length).toBeLessThanOrEqual(5_000);
  const places = batches.flat().map(({ ref, sequence }) => `${ref.id}:${sequence}`);
  const all = refs.flatMap(({ id }) =>
    Array.from({ length: 3_490 }, (_, index) => `${id}:${index + 11}`),
  );
  expect(places).toEqual(all);
});

it('knows the last event of each log', async () => {
  const [batch = []] = await batchesOf(3_498);
  expect(lastOfLogs(batch).map(({ ref, sequence }) => [ref.id, sequence])).toEqual(
    refs.map(({ id }) => [id, 3_500]),
  );
});

it('leaves out what is broken or gone, and what comes after it', async () => {
  const broken: string[] = [];
  const spoiled = {
    rows: async (lacking: Parameters<typeof source.rows>[0]) => {
      const rows = new Map(await source.rows(lacking));
      const [first] = lacking;
      // The first log has a row of another place in a later page; the other one ends within one.
      if (first?.ref.id === refs[0]!.id && first.after === 500) {
        const [row = ''] = commits[1]!.entries;
        rows.set(partitionKeyOf(first.ref), [row]);
      }
      if (first?.ref.id === refs[1]!.id && first.after === 1_000) {
        rows.set(partitionKeyOf(first.ref), commits[1]!.entries.slice(1_000, 1_050));
      }
      return rows;
    },
  };
  const batches = await batchesOf(0, spoiled, (id) => void broken.push(id));
  const ends = batches.flatMap((batch) => lastOfLogs(batch));
  expect(ends.map(({ ref, sequence }) => [ref.id, sequence])).toEqual([
    [refs[0]!.id, 500],
    [refs[1]!.id, 1_050],
  ]);
  expect(broken).toEqual([refs[0]!.id]);
});
