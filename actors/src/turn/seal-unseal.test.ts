import { complete } from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { HeldWork } from '../testing/held-work.ts';
import { createMemoryRuntime, MemoryCluster, type MemoryRuntime } from '../testing/index.ts';
import { asker, napper, workerOf } from '../testing/sample-recipes.ts';

async function started(recipe: string, parameters = {}): Promise<MemoryRuntime> {
  const runtime = createMemoryRuntime({ recipes: [asker, napper] });
  await runtime.continuations.send(ref, spawnOf(recipe, parameters));
  await runtime.idle();
  return runtime;
}

async function give(runtime: MemoryRuntime, signal: string, requestId = signal) {
  const reply = await runtime.continuations.send(ref, signalOf(signal, { requestId }));
  await runtime.idle();
  return reply;
}

describe('a sleeping one', () => {
  it('is paused by a seal, keeps no reminder, and never wakes', async () => {
    const runtime = await started('napper@1', { ms: 10_000 });
    expect(await give(runtime, 'seal')).toMatchObject({ changed: true, status: 'paused' });
    const { state } = await readVerified(runtime.store);
    expect(state).toMatchObject({
      status: 'paused',
      dueMs: null,
      paused: null,
      sealed: { by: { subject: 'alice' } },
      wait: { condition: { kind: 'timer' } },
    });
    expect(runtime.armed()).toEqual([]);
    await runtime.advance(60_000);
    await runtime.continuations.send(ref, { kind: 'wake', rearm: true });
    expect((await readVerified(runtime.store)).state).toEqual(state);
    expect(runtime.armed()).toEqual([]);
  });

  it('sleeps on to its original time after an unseal', async () => {
    const runtime = await started('napper@1', { ms: 60_000 });
    await give(runtime, 'seal');
    await runtime.advance(20_000);
    expect(await give(runtime, 'unseal')).toMatchObject({ changed: true, status: 'sleeping' });
    expect((await readVerified(runtime.store)).state).not.toHaveProperty('sealed');
    await runtime.advance(39_999);
    expect((await readVerified(runtime.store)).state.status).toBe('sleeping');
    await runtime.advance(1);
    expect((await readVerified(runtime.store)).state).toMatchObject({
      status: 'completed',
      lastWake: { lateMs: 0 },
    });
  });

  it('that is overdue goes on at once when it is unsealed', async () => {
    const runtime = await started('napper@1', { ms: 10_000 });
    await give(runtime, 'seal');
    await runtime.advance(60_000);
    await give(runtime, 'unseal');
    expect((await readVerified(runtime.store)).state).toMatchObject({
      status: 'completed',
      lastWake: { lateMs: 50_000 },
    });
  });

  it('is sealed and unsealed once, whoever repeats it', async () => {
    const runtime = await started('asker@1');
    expect(await give(runtime, 'unseal', 'u0')).toMatchObject({ changed: false });
    await give(runtime, 'seal', 's1');
    const before = runtime.rows.snapshot();
    for (const requestId of ['s1', 's2']) {
      expect(await give(runtime, 'seal', requestId)).toMatchObject({ changed: false });
    }
    expect(runtime.rows.snapshot()).toEqual(before);
    await give(runtime, 'unseal', 'u1');
    expect(await give(runtime, 'unseal', 'u2')).toMatchObject({ changed: false });
  });
});

it.each(['kill', 'pause', 'resume', 'go', 'nonsense'])(
  'while sealed, refuses %s and writes nothing',
  async (signal) => {
    const runtime = await started('asker@1');
    await give(runtime, 'seal');
    const before = runtime.rows.snapshot();
    await expect(runtime.continuations.send(ref, signalOf(signal))).rejects.toMatchObject({
      code: 'continuation.sealed',
    });
    expect(runtime.rows.snapshot()).toEqual(before);
    expect(runtime.armed()).toEqual([]);
  },
);

it('a paused one stays paused after an unseal', async () => {
  const runtime = await started('napper@1', { ms: 1_000 });
  await give(runtime, 'pause');
  const { paused } = (await readVerified(runtime.store)).state;
  await give(runtime, 'seal');
  await runtime.advance(5_000);
  expect(await give(runtime, 'unseal')).toMatchObject({ status: 'paused' });
  expect((await readVerified(runtime.store)).state.paused).toEqual(paused);
  await give(runtime, 'resume');
  expect((await readVerified(runtime.store)).state.status).toBe('completed');
});

it('a finished one takes no seal', async () => {
  const runtime = await started('asker@1');
  await give(runtime, 'kill');
  for (const signal of ['seal', 'unseal']) {
    await expect(runtime.continuations.send(ref, signalOf(signal))).rejects.toMatchObject({
      code: 'continuation.finished',
    });
  }
});

describe('a running step', () => {
  it('is recorded as interrupted and aborted by a seal, and runs again after the unseal', async () => {
    const held = new HeldWork();
    const runtime = createMemoryRuntime({ recipes: [workerOf(held.work)] });
    await runtime.continuations.send(ref, spawnOf('worker@1'));
    await runtime.idle();
    await give(runtime, 'seal');
    expect(held.aborted(0)).toBe(true);
    const { events, state } = await readVerified(runtime.store);
    expect(events.slice(-2)).toMatchObject([
      { type: 'step', payload: { phase: 'finished', outcome: { kind: 'interrupted' } } },
      { type: 'human_signal', payload: { signal: 'seal' } },
    ]);
    expect(new Set(events.slice(-2).map(({ commit }) => commit)).size).toBe(1);
    expect(state.activity).toMatchObject({ kind: 'retry', attempt: 2 });
    await runtime.advance(60_000);
    expect(held.attempts).toEqual([1]);
    await give(runtime, 'unseal');
    expect(held.attempts).toEqual([1, 2]);
    held.finish(1, complete('here after all'));
    await runtime.runSteps();
    expect((await readVerified(runtime.store)).state.result?.value).toBe('here after all');
  });

  it('that ends too late, wherever it runs, is not taken, and its heartbeat is told to stop', async () => {
    const held = new HeldWork();
    const cluster = new MemoryCluster({ recipes: [workerOf(held.work)] });
    await cluster.send(ref, spawnOf('worker@1'));
    await cluster.idle();
    cluster.takeOver();
    await cluster.send(ref, signalOf('seal'));
    await cluster.idle();
    const { events } = await readVerified(cluster.owner.store);
    const which = { stepId: 'work#1', attempt: 1 };
    expect(await cluster.send(ref, { kind: 'heartbeat', ...which })).toMatchObject({
      answer: 'abort',
    });
    for (const kind of ['threw', 'interrupted'] as const) {
      const result = { kind, message: 'late', retryable: true };
      const reply = await cluster.send(ref, { kind: 'finish-step', ...which, result });
      expect(reply).toMatchObject({ accepted: false });
    }
    held.finish(0, complete('too late'));
    await cluster.advance(60_000);
    expect((await readVerified(cluster.owner.store)).events).toEqual(events);
  });
});

it('a host that has not heard of the seal is refused, too', async () => {
  const cluster = new MemoryCluster({ recipes: [napper] });
  await cluster.send(ref, spawnOf('napper@1', { ms: 10_000 }));
  await cluster.idle();
  const stale = cluster.owner;
  cluster.takeOver();
  await cluster.send(ref, signalOf('seal'));
  await cluster.idle();
  await expect(stale.continuations.send(ref, signalOf('kill'))).rejects.toMatchObject({
    code: 'commit.conflict',
  });
  await expect(stale.continuations.send(ref, signalOf('kill'))).rejects.toMatchObject({
    code: 'continuation.sealed',
  });
  // What covered the commit that failed fires once more and finds nothing to do.
  await cluster.advance(60_000);
  expect(cluster.scheduler.armed()).toEqual([]);
  expect((await readVerified(cluster.owner.store)).state.status).toBe('paused');
});
