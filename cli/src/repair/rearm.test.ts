import { MaestroError, type ScannedHead, type StoreScanner } from '@maestro/core';
import { expect, it } from 'vitest';
import { rearmAll } from './rearm.ts';

function head(index: number, status: string): ScannedHead {
  return { ref: { tenant: 'acme', id: `id-${index}` }, head: JSON.stringify({ status }) };
}

function scannerOf(...heads: readonly ScannedHead[]): StoreScanner {
  return {
    async *heads() {
      yield* heads;
    },
    close: async () => undefined,
  };
}

const scanner = scannerOf(
  head(1, 'sleeping'),
  head(2, 'completed'),
  head(3, 'running'),
  head(4, 'failed'),
  head(5, 'paused'),
  head(6, 'killed'),
  { ...head(7, ''), head: 'not json' },
);

it('wakes what is unfinished, and what cannot be told', async () => {
  const woken: string[] = [];
  const report = await rearmAll({
    scanner,
    wake: async ({ id }) => void woken.push(id),
    concurrency: 2,
  });
  expect(woken).toEqual(['id-1', 'id-3', 'id-5', 'id-7']);
  expect(report).toEqual({ scanned: 7, unfinished: 4, rearmed: 4, failed: 0, failures: [] });
});

it('only counts in a dry run', async () => {
  const report = await rearmAll({
    scanner,
    wake: () => Promise.reject(new Error('nothing is to be woken')),
    concurrency: 2,
    dryRun: true,
  });
  expect(report).toMatchObject({ scanned: 7, unfinished: 4, rearmed: 0, failed: 0 });
});

it('goes on after one that cannot be woken, and names it', async () => {
  const report = await rearmAll({
    scanner,
    wake: async ({ id }) => {
      if (id === 'id-3') throw new MaestroError('sidecar.unavailable', 'no');
    },
    concurrency: 1,
  });
  expect(report).toMatchObject({
    rearmed: 3,
    failed: 1,
    failures: [{ tenant: 'acme', id: 'id-3', code: 'sidecar.unavailable' }],
  });
});

it('keeps to its concurrency', async () => {
  let underWay = 0;
  let most = 0;
  await rearmAll({
    scanner: scannerOf(...Array.from({ length: 40 }, (_, index) => head(index, 'sleeping'))),
    wake: async () => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 2));
      underWay--;
    },
    concurrency: 8,
  });
  expect(most).toBe(8);
});
