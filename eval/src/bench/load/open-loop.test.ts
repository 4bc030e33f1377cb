import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openLoop } from './open-loop.ts';

it('charges a stall to every job that was scheduled while it lasted', async () => {
  let stalled: Promise<void> | undefined;
  const { latenciesMs, failures } = await openLoop(20, 200, async () => {
    stalled ??= delay(150);
    await stalled;
  });
  expect(failures).toEqual([]);
  expect(latenciesMs).toHaveLength(20);
  // The last job is scheduled 95 ms after the first, so it waits for the rest of the 150 ms.
  expect(Math.max(...latenciesMs)).toBeGreaterThan(120);
  expect(Math.min(...latenciesMs)).toBeGreaterThan(30);
});

it('counts failures apart from latencies', async () => {
  const { latenciesMs, failures } = await openLoop(4, 1000, async (index) => {
    if (index === 2) throw new Error('no');
  });
  expect(latenciesMs).toHaveLength(3);
  expect(failures).toHaveLength(1);
});
