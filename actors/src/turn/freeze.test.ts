import { complete, freezeRow, type Freeze } from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { HeldWork } from '../testing/held-work.ts';
import { createMemoryRuntime, MemoryCluster, type MemoryRuntime } from '../testing/index.ts';
import { napper, workerOf } from '../testing/sample-recipes.ts';
import { HELD_MS } from './frozen.ts';

const FREEZE: Freeze = { by: 'olga', reason: 'an inquiry', at: '2026-01-01T00:00:00.000Z' };
const SCOPE = { tenant: ref.tenant };

/** What was read a second ago is read again. */
async function freeze(
  runtime: MemoryRuntime,
  value: Freeze | null = FREEZE,
  scope: Parameters<MemoryRuntime['tenants']['setFreeze']>[0] = SCOPE,
): Promise<void> {
  await runtime.tenants.setFreeze(scope, value);
  runtime.clock.advance(1_000);
}

async function thaw(runtime: MemoryRuntime): Promise<void> {
  await freeze(runtime, null);
  await runtime.host.watchFreezes();
  await runtime.idle();
}

/** One whose step is under way when the tenant is frozen, and how many events it has. */
async function frozenAtWork(): Promise<{ held: HeldWork; runtime: MemoryRuntime; before: number }> {
  const held = new HeldWork();
  const runtime = createMemoryRuntime({
    recipes: [workerOf(held.work)],
    stepTimes: { heartbeatMs: 50, abortAfterMs: 10_000 },
  });
  await runtime.continuations.send(ref, spawnOf('worker@1'));
  await runtime.idle();
  await freeze(runtime);
  const before = await eventsOf(runtime);
  return { held, runtime, before };
}

const eventsOf = async ({ store }: Pick<MemoryRuntime, 'store'>): Promise<number> =>
  (await readVerified(store)).events.length;

describe.each([
  ['a tenant', SCOPE, /^the tenant is frozen since 2026-01-01.* by olga: an inquiry$/],
  ['the installation', 'installation', /^everything here is frozen since 2026-01-01[^ ]*$/],
] as const)('a freeze of %s', (_name, scope, says) => {
  {
    it('refuses what would start something, says who and why, and writes nothing', async () => {
      const runtime = createMemoryRuntime({ recipes: [napper] });
      await freeze(runtime, FREEZE, scope);
      const before = runtime.rows.snapshot();
      const spawned = runtime.continuations.send(ref, spawnOf('napper@1', { ms: 1_000 }));
      await expect(spawned).rejects.toMatchObject({
        code: 'tenant.frozen',
        message: expect.stringMatching(says),
      });
      expect(runtime.rows.snapshot()).toEqual(before);
      await freeze(runtime, null, scope);
      await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 1_000 }));
    });
  }
});

it('holds what falls due, and lets go of it at the thaw', async () => {
  const runtime = createMemoryRuntime({ recipes: [napper] });
  await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 10_000 }));
  await runtime.idle();
  await freeze(runtime);
  const asleep = await eventsOf(runtime);
  await runtime.advance(3_600_000);
  await runtime.host.watchFreezes();
  runtime.host.watch();
  await runtime.idle();
  for (const signal of ['pause', 'kill']) {
    await expect(runtime.continuations.send(ref, signalOf(signal))).rejects.toMatchObject({
      code: 'tenant.frozen',
    });
  }
  expect(await eventsOf(runtime)).toBe(asleep);
  // A request that was taken before is answered as it was.
  const again = await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 10_000 }));
  expect(again).toMatchObject({ kind: 'spawned', created: false });
  await thaw(runtime);
  const { state, events } = await readVerified(runtime.store);
  expect(state.status).toBe('completed');
  expect(events.filter(({ type }) => type === 'wake')).toHaveLength(2);
});

it('is told by a reminder to who held it when the host died', async () => {
  const cluster = new MemoryCluster({ recipes: [napper] });
  await cluster.send(ref, spawnOf('napper@1', { ms: 10_000 }));
  await cluster.idle();
  await freeze(cluster.owner);
  await cluster.advance(60_000);
  cluster.owner.kill();
  const { store, tenants } = cluster.takeOver();
  await tenants.setFreeze(SCOPE, null);
  await cluster.advance(HELD_MS);
  expect((await readVerified(store)).state.status).toBe('completed');
});

it('aborts the steps that run, and starts them anew at the thaw', async () => {
  const { held, runtime, before } = await frozenAtWork();
  expect(held.contexts[0]?.abort.aborted).toBe(false);
  await runtime.host.watchFreezes();
  expect(held.contexts[0]?.abort.aborted).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await eventsOf(runtime)).toBe(before);
  await freeze(runtime, null);
  await expect.poll(() => held.contexts.length).toBe(2);
  held.finish(1, complete('done'));
  await runtime.runSteps();
  const { state, events } = await readVerified(runtime.store);
  expect(state.result?.value).toBe('done');
  expect(
    events.flatMap(({ type, payload }) => (type === 'step' ? [Reflect.get(payload, 'phase')] : [])),
  ).toEqual(['intended', 'finished', 'intended', 'finished']);
});

it('keeps a result that came too late for the thaw', async () => {
  const { held, runtime, before } = await frozenAtWork();
  held.finish(0, complete('in time'));
  await runtime.idle();
  await runtime.host.watchFreezes();
  await runtime.idle();
  expect(await eventsOf(runtime)).toBe(before);
  await freeze(runtime, null);
  await runtime.runSteps();
  expect((await readVerified(runtime.store)).state.result?.value).toBe('in time');
  expect(held.contexts).toHaveLength(1);
});

it('is there when what is stored about it cannot be understood', async () => {
  const runtime = createMemoryRuntime({ recipes: [napper] });
  for (const text of ['no JSON', '{}', '{"schemaVersion":9,"freeze":{"until":"tomorrow"}}']) {
    runtime.rows.tamper(freezeRow(SCOPE).key, text);
    runtime.clock.advance(1_000);
    const spawned = runtime.continuations.send(ref, spawnOf('napper@1', { ms: 1_000 }));
    await expect(spawned).rejects.toMatchObject({ code: 'tenant.frozen' });
  }
  await freeze(runtime, null);
  await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 1_000 }));
});

it('goes on with two hundred that it held, each once', async () => {
  const runtime = createMemoryRuntime({ recipes: [napper] });
  const refs = Array.from({ length: 200 }, (_, index) => ({
    tenant: ref.tenant,
    id: `01J${String(index).padStart(23, '0')}`,
  }));
  for (const one of refs) {
    await runtime.continuations.send(one, spawnOf('napper@1', { ms: 5_000 }));
  }
  await runtime.idle();
  await freeze(runtime);
  await runtime.advance(60_000);
  const before = runtime.rows.snapshot();
  await runtime.advance(600_000);
  expect(runtime.rows.snapshot()).toEqual(before);
  await thaw(runtime);
  for (const one of refs) {
    const { state, events } = await readVerified(runtime.store, one);
    expect(state.status).toBe('completed');
    expect(events.filter(({ type }) => type === 'wake')).toHaveLength(2);
  }
});

it('keeps no host that shuts down: what cannot be reported is run again', async () => {
  const held = new HeldWork();
  const cluster = new MemoryCluster({
    recipes: [workerOf(held.work)],
    stepTimes: { heartbeatMs: 50, abortAfterMs: 10_000 },
  });
  await cluster.send(ref, spawnOf('worker@1'));
  await cluster.idle();
  const { owner } = cluster;
  await freeze(owner);
  held.finish(0, complete('too late'));
  await owner.idle();
  const started = performance.now();
  await owner.host.drain(10_000);
  expect(performance.now() - started).toBeLessThan(5_000);
  owner.kill();
  const { tenants, host, store } = cluster.takeOver();
  await tenants.setFreeze(SCOPE, null);
  await cluster.advance(HELD_MS + 60_000);
  await expect.poll(() => held.contexts.length).toBe(2);
  held.finish(1, complete('again'));
  await cluster.owner.runSteps();
  expect((await readVerified(store)).state.result?.value).toBe('again');
  expect(host.load.steps).toBe(0);
});
