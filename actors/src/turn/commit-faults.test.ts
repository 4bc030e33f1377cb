import { complete, defineRecipe, humanSignal, next, sleep } from '@maestro/core';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { RowWrite } from '../store/row-store.ts';
import { readVerified, ref, signalOf, spawnOf, typesIn } from '../testing/drive.ts';
import { createMemoryRuntime, MemoryCluster } from '../testing/index.ts';
import { asker, napper, ticker } from '../testing/sample-recipes.ts';

it('a commit whose answer was lost is found to be stored', async () => {
  const runtime = createMemoryRuntime({ recipes: [ticker] });
  runtime.rows.fault = () => 'lose-answer';
  expect(await runtime.continuations.send(ref, spawnOf('ticker@1', { n: 5 }))).toMatchObject({
    created: true,
  });
  await runtime.advance(10_000);
  const { state } = await readVerified(runtime.store);
  expect(state).toMatchObject({ status: 'completed', tick: 5, generation: 1 });
});

it('a commit that the store refuses for a while gets in, once', async () => {
  const runtime = createMemoryRuntime({ recipes: [napper] });
  let refusals = 3;
  runtime.rows.fault = () => (refusals-- > 0 ? 'refuse' : undefined);
  await runtime.continuations.send(ref, spawnOf('napper@1'));
  expect(await typesIn(runtime.store)).toEqual(['spawn', 'wake', 'step', 'sleep']);
});

it('when the store takes nothing the outcome is unknown, and the same request succeeds later', async () => {
  const runtime = createMemoryRuntime({ recipes: [napper] });
  runtime.rows.fault = () => 'refuse';
  await expect(runtime.continuations.send(ref, spawnOf('napper@1'))).rejects.toMatchObject({
    code: 'commit.outcome_unknown',
    retryable: true,
  });
  expect(runtime.rows.snapshot().size).toBe(0);
  runtime.rows.fault = undefined;
  expect(await runtime.continuations.send(ref, spawnOf('napper@1'))).toMatchObject({
    created: true,
  });
  await runtime.advance(1000);
  expect((await readVerified(runtime.store)).state.status).toBe('completed');
});

it('an unknown outcome that was stored after all is found by the same request', async () => {
  const runtime = createMemoryRuntime({ recipes: [asker] });
  await runtime.continuations.send(ref, spawnOf('asker@1'));
  // The answer of the write is lost, and then the store is away: nobody can tell.
  let away = false;
  runtime.rows.fault = () => {
    away = true;
    return 'lose-answer';
  };
  const read = runtime.rows.read.bind(runtime.rows);
  runtime.rows.read = async (partition, key) => {
    if (away) throw new Error('the store is away');
    return read(partition, key);
  };
  const go = signalOf('go', { payload: 1 });
  await expect(runtime.continuations.send(ref, go)).rejects.toMatchObject({
    code: 'commit.outcome_unknown',
  });
  away = false;
  runtime.rows.fault = undefined;
  expect(await runtime.continuations.send(ref, go)).toMatchObject({
    changed: false,
    status: 'completed',
  });
  expect((await readVerified(runtime.store)).state.requests).toMatchObject([{ id: 'go' }]);
});

it('a wake that could not be committed is delivered again and happens once', async () => {
  const runtime = createMemoryRuntime({ recipes: [napper] });
  await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 10_000 }));
  await runtime.idle();
  runtime.rows.fault = () => 'refuse';
  await runtime.advance(11_000);
  expect(await typesIn(runtime.store)).toHaveLength(4);
  runtime.rows.fault = undefined;
  await runtime.advance(5_000);
  expect((await readVerified(runtime.store)).state).toMatchObject({ status: 'completed', tick: 2 });
});

it('a host that is superseded right after its commit runs no effects and forgets', async () => {
  const published: string[] = [];
  const cluster = new MemoryCluster({
    recipes: [napper],
    bus: {
      publish: async (_topic, { id }) => void published.push(id),
      subscribe: () => () => undefined,
    },
  });
  const first = cluster.owner;
  await first.continuations.send(ref, spawnOf('napper@1', { ms: 60_000 }));
  await cluster.idle();
  const second = cluster.addHost();
  // The first host's pause is stored, its answer is lost, and before it can look the second one goes on.
  cluster.rows.fault = (writes) =>
    writes.some(({ key }) => key.endsWith(':log:000000000005')) ? 'lose-answer' : undefined;
  const read = cluster.rows.read.bind(cluster.rows);
  let resumed: Promise<unknown> | undefined;
  cluster.rows.read = async (partition, key) => {
    if (key.endsWith(':log:000000000005') && !resumed) {
      resumed = second.continuations.send(ref, signalOf('resume'));
      await resumed;
    }
    return read(partition, key);
  };
  expect(await first.continuations.send(ref, signalOf('pause'))).toMatchObject({ changed: true });
  await cluster.idle();
  expect(first.observability.counted('maestro_commits_fenced_total')).toBe(1);
  const { state } = await readVerified(cluster.owner.store);
  expect(state).toMatchObject({ status: 'sleeping', generation: 2, sequence: 6 });
  // The new owner did the effects of both.
  expect(published).toEqual([`acme.${ref.id}/1`, `acme.${ref.id}/5`]);
  await cluster.advance(60_000);
  expect((await readVerified(first.store)).state).toMatchObject({
    status: 'completed',
    generation: 3,
  });
});

/** Waits for a person and nothing else, then works outside the turn. */
const patient = defineRecipe({
  name: 'patient',
  version: 1,
  description: 'Waits for a person, then works',
  parameters: z.strictObject({}),
  state: z.strictObject({}),
  start: () => ({ step: 'ask', state: {} }),
  steps: {
    ask: { inline: true, run: () => sleep(humanSignal('go'), 'work') },
    work: { run: async () => next('done') },
    done: { inline: true, run: () => complete('done') },
  },
});

it('a commit of its own that is stored after its cover has fired is found by a second look', async () => {
  const runtime = createMemoryRuntime({ recipes: [patient] });
  await runtime.continuations.send(ref, spawnOf('patient@1'));
  await runtime.advance(30_000);
  expect(runtime.armed()).toEqual([]);
  const late: RowWrite[] = [];
  runtime.rows.fault = (writes) => {
    late.splice(0, late.length, ...writes);
    return 'refuse';
  };
  await expect(runtime.continuations.send(ref, signalOf('go'))).rejects.toMatchObject({
    code: 'commit.outcome_unknown',
  });
  runtime.rows.fault = undefined;
  // The cover fires, three times, and finds nothing.
  await runtime.advance(40_000);
  expect(await typesIn(runtime.store)).toHaveLength(4);
  for (const { key, value } of late) runtime.rows.tamper(key, value);
  await runtime.advance(30_000);
  await runtime.runSteps();
  expect((await readVerified(runtime.store)).state.status).toBe('completed');
});
