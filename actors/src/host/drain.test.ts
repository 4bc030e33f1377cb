import { complete, defineRecipe, next, sleep, timerAfter } from '@maestro/core';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { HeldWork } from '../testing/held-work.ts';
import { MemoryCluster } from '../testing/index.ts';
import { napper, ticker, workerOf } from '../testing/sample-recipes.ts';

/** How long a host leaves the actors to the sidecar to hand over. */
const HAND_OVER_MS = 300;

it('gives up what runs, and the successor starts it right after the hand-over', async () => {
  const held = new HeldWork();
  const cluster = new MemoryCluster({ recipes: [workerOf(held.work)], handOverMs: HAND_OVER_MS });
  await cluster.send(ref, spawnOf('worker@1'));
  await cluster.idle();
  await cluster.owner.host.drain(0);
  expect(cluster.owner.host.load.steps).toBe(0);
  expect(held.aborted(0)).toBe(true);
  expect((await readVerified(cluster.owner.store)).state.activity).toMatchObject({
    kind: 'retry',
    attempt: 2,
  });
  cluster.takeOver();
  await cluster.advance(HAND_OVER_MS - 1);
  expect(held.attempts).toEqual([1]);
  await cluster.advance(1);
  expect(held.attempts).toEqual([1, 2]);
  held.finish(1, complete('after the move'));
  await cluster.idle();
  expect((await readVerified(cluster.owner.store)).state).toMatchObject({
    status: 'completed',
    generation: 2,
  });
});

it('waits for steps that end in time', async () => {
  const held = new HeldWork();
  const cluster = new MemoryCluster({ recipes: [workerOf(held.work)], handOverMs: HAND_OVER_MS });
  await cluster.send(ref, spawnOf('worker@1'));
  await cluster.idle();
  const drained = cluster.owner.host.drain(60_000);
  held.finish(0, complete('in time'));
  await drained;
  const { state, events } = await readVerified(cluster.owner.store);
  expect(state.result?.value).toBe('in time');
  expect(events.filter(({ type }) => type === 'step')).toHaveLength(2);
});

it('starts no further step: it is due on the successor, without a lease to wait for', async () => {
  const held = new HeldWork();
  const cluster = new MemoryCluster({ recipes: [workerOf(held.work)], handOverMs: HAND_OVER_MS });
  await cluster.send(ref, spawnOf('worker@1'));
  await cluster.idle();
  const drained = cluster.owner.host.drain(60_000);
  held.finish(0, next('work'));
  await drained;
  expect(held.attempts).toEqual([1]);
  expect((await readVerified(cluster.owner.store)).state.activity).toEqual({
    kind: 'next',
    step: 'work',
  });
  await cluster.advance(0);
  expect(cluster.scheduler.armed()).toHaveLength(1);
  await expect(cluster.send(ref, { kind: 'wake' })).rejects.toMatchObject({
    code: 'host.draining',
  });
  cluster.takeOver();
  await cluster.advance(HAND_OVER_MS);
  expect(held.contexts.map(({ stepId }) => stepId)).toEqual(['work#1', 'work#2']);
});

it('two hundred ticks under way: none is lost', async () => {
  const recipe = defineRecipe({
    name: 'mixed',
    version: 1,
    description: 'Sleeps, then works',
    parameters: z.strictObject({}),
    state: z.strictObject({}),
    start: () => ({ step: 'nap', state: {} }),
    steps: {
      nap: { inline: true, run: ({ nowMs }) => sleep(timerAfter(nowMs, 1000), 'work') },
      work: {
        run: async ({ stepId }) => {
          await new Promise((resolve) => setImmediate(resolve));
          return complete(stepId);
        },
      },
    },
  });
  const cluster = new MemoryCluster({ recipes: [recipe] });
  const refs = Array.from({ length: 200 }, (_, index) => ({
    tenant: 'acme',
    id: `01J0000000000000000000${String(index).padStart(4, '0')}`,
  }));
  await Promise.all(refs.map((each) => cluster.send(each, spawnOf('mixed@1'))));
  const moving = cluster.advance(1000);
  const drained = cluster.owner.host.drain(0);
  await Promise.all([moving, drained]);
  cluster.takeOver();
  await cluster.advance(5_000);
  await cluster.owner.runSteps();
  for (const each of refs) {
    expect((await readVerified(cluster.owner.store, each)).state.status).toBe('completed');
  }
});

it('still answers signals and lets sleepers wake while it shuts down', async () => {
  const cluster = new MemoryCluster({ recipes: [napper, ticker] });
  await cluster.send(ref, spawnOf('ticker@1', { n: 3 }));
  await cluster.owner.host.drain(0);
  await cluster.advance(1000);
  expect((await readVerified(cluster.owner.store)).state.tick).toBe(2);
  await cluster.send(ref, signalOf('kill'));
  expect((await readVerified(cluster.owner.store)).state.status).toBe('killed');
});

it('leaves what falls due later where it is, and what is due during the hand-over to after it', async () => {
  const cluster = new MemoryCluster({ recipes: [napper], handOverMs: HAND_OVER_MS });
  const later = { tenant: 'acme', id: '01J00000000000000000000009' };
  await cluster.send(ref, spawnOf('napper@1', { ms: 100 }));
  await cluster.send(later, spawnOf('napper@1', { ms: 1_000 }));
  await cluster.idle();
  const nowMs = cluster.clock.nowMs();
  await cluster.owner.host.drain(0);
  const due = cluster.scheduler.armed().map(({ atMs }) => atMs - nowMs);
  expect(due.sort((a, b) => a - b)).toEqual([HAND_OVER_MS, 1_000]);
});
