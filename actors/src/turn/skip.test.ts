import { describe, expect, it } from 'vitest';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { createMemoryRuntime, type MemoryRuntime } from '../testing/index.ts';
import { HeldWork } from '../testing/held-work.ts';
import { asker, napper, ticker, workerOf } from '../testing/sample-recipes.ts';
import type { Command } from './command.ts';

const DAY_MS = 24 * 3600 * 1000;

function skip(ms: unknown, requestId = `skip-${Math.random()}`): Command {
  return signalOf('skip', { requestId, payload: { ms } });
}

async function started(recipe: string, parameters = {}): Promise<MemoryRuntime> {
  const runtime = createMemoryRuntime({ recipes: [asker, napper, ticker] });
  await runtime.continuations.send(ref, spawnOf(recipe, parameters));
  await runtime.idle();
  return runtime;
}

describe('time that is skipped', () => {
  it('wakes at once what is due by then, as late as if the clock had come to it', async () => {
    const runtime = await started('napper@1', { ms: 30 * DAY_MS });
    await runtime.continuations.send(ref, skip(30 * DAY_MS));
    const { state, events } = await readVerified(runtime.store);
    expect(state).toMatchObject({
      status: 'completed',
      skippedMs: 30 * DAY_MS,
      lastWake: { lateMs: 0 },
    });
    expect(Date.parse(events.at(-1)?.at ?? '') - Date.parse(events[0]?.at ?? '')).toBe(30 * DAY_MS);
  });

  it('leaves the rest of a sleep to the clock', async () => {
    const runtime = await started('napper@1', { ms: DAY_MS });
    await runtime.continuations.send(ref, skip(DAY_MS - 60_000));
    await runtime.advance(59_000);
    expect((await readVerified(runtime.store)).state.status).toBe('sleeping');
    expect(runtime.armed().map(({ atMs }) => atMs - runtime.clock.nowMs())).toEqual([1_000]);
    await runtime.advance(1_000);
    expect((await readVerified(runtime.store)).state).toMatchObject({
      status: 'completed',
      lastWake: { lateMs: 0 },
    });
  });

  it('is of the one continuation alone, and of the sleeps that follow', async () => {
    const runtime = await started('ticker@1', { n: 5 });
    const other = { tenant: ref.tenant, id: '01J00000000000000000000001' };
    await runtime.continuations.send(other, spawnOf('ticker@1', { n: 5 }));
    for (let times = 0; times < 2; times++) await runtime.continuations.send(ref, skip(1000));
    expect((await readVerified(runtime.store)).state.tick).toBe(3);
    expect((await readVerified(runtime.store, other)).state.tick).toBe(1);
    await runtime.advance(2_000);
    for (const each of [ref, other]) {
      expect((await readVerified(runtime.store, each)).state.tick).toBe(each === ref ? 5 : 3);
    }
  });

  it('is skipped once for each request', async () => {
    const runtime = await started('napper@1', { ms: DAY_MS });
    for (let times = 0; times < 3; times++) {
      await runtime.continuations.send(ref, skip(1000, 'same'));
    }
    expect((await readVerified(runtime.store)).state.skippedMs).toBe(1000);
  });

  it('does not end the lease of a step that runs here', async () => {
    const held = new HeldWork();
    const runtime = createMemoryRuntime({ recipes: [workerOf(held.work)] });
    await runtime.continuations.send(ref, spawnOf('worker@1'));
    await runtime.idle();
    await runtime.continuations.send(ref, skip(DAY_MS));
    await runtime.advance(60_000);
    expect(held.attempts).toEqual([1]);
  });

  it.each([0, -1, 1.5, '3d', 5000 * DAY_MS])('is refused when it is %j ms', async (ms) => {
    const runtime = await started('napper@1', { ms: DAY_MS });
    const before = runtime.rows.snapshot();
    await expect(runtime.continuations.send(ref, skip(ms))).rejects.toMatchObject({
      code: 'signal.payload_invalid',
    });
    expect(runtime.rows.snapshot()).toEqual(before);
  });

  it('is refused in production', async () => {
    const runtime = createMemoryRuntime({ recipes: [napper], virtualClock: false });
    await runtime.continuations.send(ref, spawnOf('napper@1', { ms: DAY_MS }));
    await expect(runtime.continuations.send(ref, skip(1000))).rejects.toMatchObject({
      code: 'signal.unknown',
    });
  });
});
