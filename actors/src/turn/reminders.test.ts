import { describe, expect, it } from 'vitest';
import { readVerified, ref, signalOf, spawnOf, typesIn } from '../testing/drive.ts';
import { HeldWork } from '../testing/held-work.ts';
import { createMemoryRuntime, MemoryCluster, type MemoryRuntime } from '../testing/index.ts';
import { asker, napper, ticker, workerOf } from '../testing/sample-recipes.ts';

/** What was armed, in ms from now, in the order in which it was asked for. */
function recordArms(runtime: MemoryRuntime): number[] {
  const arms: number[] = [];
  const arm = runtime.scheduler.arm.bind(runtime.scheduler);
  runtime.scheduler.arm = async (to, name, atMs) => {
    arms.push(atMs - runtime.clock.nowMs());
    await arm(to, name, atMs);
  };
  return arms;
}

describe('in a turn that somebody called', () => {
  it('a reminder covers the commit within five seconds, then the one that is due replaces it', async () => {
    const runtime = createMemoryRuntime({ recipes: [napper] });
    const arms = recordArms(runtime);
    await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 60_000 }));
    await runtime.idle();
    expect(arms).toEqual([5_000, 60_000]);
    expect(runtime.armed()).toHaveLength(1);
  });

  it('the cover is not later than what was due before, nor than what is due now', async () => {
    const runtime = createMemoryRuntime({ recipes: [napper, asker] });
    const arms = recordArms(runtime);
    await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 2_000 }));
    await runtime.idle();
    expect(arms).toEqual([2_000]);
    runtime.clock.advance(500);
    await runtime.continuations.send(ref, signalOf('pause'));
    await runtime.idle();
    expect(arms).toEqual([2_000]);
  });

  it('nothing is committed before the cover is armed', async () => {
    const runtime = createMemoryRuntime({ recipes: [napper] });
    const order: string[] = [];
    const arm = runtime.scheduler.arm.bind(runtime.scheduler);
    runtime.scheduler.arm = async (...args) => {
      order.push('arm');
      await arm(...args);
    };
    runtime.rows.fault = () => {
      order.push('commit');
      return undefined;
    };
    await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 60_000 }));
    await runtime.idle();
    expect(order).toEqual(['arm', 'commit', 'arm']);
  });

  it('an arm that failed ends the activation: the next turn arms anew and nothing was written', async () => {
    const runtime = createMemoryRuntime({ recipes: [napper] });
    const arm = runtime.scheduler.arm.bind(runtime.scheduler);
    runtime.scheduler.arm = async () => {
      throw new Error('the answer was lost');
    };
    await expect(runtime.continuations.send(ref, spawnOf('napper@1'))).rejects.toMatchObject({
      code: 'sidecar.unavailable',
    });
    runtime.scheduler.arm = arm;
    await runtime.continuations.send(ref, spawnOf('napper@1'));
    await runtime.advance(1000);
    expect((await readVerified(runtime.store)).state.status).toBe('completed');
  });
});

describe('in the turn of a reminder', () => {
  it('nothing is armed before the commit: the callback that is not answered yet is the cover', async () => {
    const runtime = createMemoryRuntime({ recipes: [ticker] });
    await runtime.continuations.send(ref, spawnOf('ticker@1', { n: 3 }));
    await runtime.idle();
    const order: string[] = [];
    const arm = runtime.scheduler.arm.bind(runtime.scheduler);
    runtime.scheduler.arm = async (...args) => {
      order.push('arm');
      await arm(...args);
    };
    runtime.rows.fault = () => {
      order.push('commit');
      return undefined;
    };
    await runtime.advance(1000);
    expect(order).toEqual(['commit', 'arm']);
    expect(runtime.armed()).toHaveLength(1);
  });

  it('a reminder that is early arms again for when it is due', async () => {
    const runtime = createMemoryRuntime({ recipes: [napper] });
    await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 60_000 }));
    await runtime.idle();
    await runtime.scheduler.arm(ref, 'wake.1', runtime.clock.nowMs() + 10_000);
    await runtime.advance(10_000);
    expect(await typesIn(runtime.store)).toHaveLength(4);
    expect(runtime.armed().map(({ atMs }) => atMs - runtime.clock.nowMs())).toEqual([50_000]);
    await runtime.advance(50_000);
    expect((await readVerified(runtime.store)).state).toMatchObject({
      status: 'completed',
      lastWake: { lateMs: 0 },
    });
  });

  it('a reminder of an old generation is as good as any: only the head is trusted', async () => {
    const runtime = createMemoryRuntime({ recipes: [napper] });
    await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 60_000 }));
    await runtime.idle();
    runtime.scheduler.wipe();
    await runtime.scheduler.arm(ref, 'wake.17', runtime.clock.nowMs() + 60_000);
    await runtime.advance(60_000);
    expect((await readVerified(runtime.store)).state.status).toBe('completed');
  });

  it('a reminder without a continuation asks to come again for a minute, then ends', async () => {
    const runtime = createMemoryRuntime({ recipes: [napper] });
    await runtime.scheduler.arm(ref, 'wake.1', runtime.clock.nowMs() + 1000);
    await runtime.advance(59_000);
    expect(runtime.armed()).toHaveLength(1);
    await runtime.advance(3_000);
    expect(runtime.armed()).toEqual([]);
    expect(runtime.rows.snapshot().size).toBe(0);
  });
});

describe('left to a host that has never written to the continuation', () => {
  it('a late reminder of another makes it look again, and its own then no more', async () => {
    const cluster = new MemoryCluster({ recipes: [napper] });
    await cluster.send(ref, spawnOf('napper@1', { ms: 60_000 }));
    await cluster.send(ref, signalOf('kill'));
    await cluster.idle();
    cluster.takeOver();
    const { arm } = cluster.scheduler.calls;
    // Late enough for the second look to be less than a minute old itself when it comes.
    cluster.clock.advance(15_000);
    await cluster.advance(10 * 60_000);
    // One for each firing of the other's, all for the same instant.
    expect(cluster.scheduler.calls.arm - arm).toBe(3);
    expect(cluster.scheduler.armed()).toEqual([]);
  });
});

describe('when reminders are lost', () => {
  it('a wake command that asks for it arms again what the host believes to be armed', async () => {
    const runtime = createMemoryRuntime({ recipes: [napper] });
    await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 60_000 }));
    await runtime.idle();
    runtime.scheduler.wipe();
    await runtime.continuations.send(ref, { kind: 'wake' });
    await runtime.idle();
    expect(runtime.armed()).toEqual([]);
    await runtime.continuations.send(ref, { kind: 'wake', rearm: true });
    await runtime.idle();
    expect(runtime.armed()).toHaveLength(1);
    await runtime.advance(60_000);
    expect((await readVerified(runtime.store)).state).toMatchObject({
      status: 'completed',
      generation: 1,
    });
  });

  it('the same for a step that runs, and for a continuation that has finished nothing happens', async () => {
    const held = new HeldWork();
    const runtime = createMemoryRuntime({ recipes: [workerOf(held.work)] });
    await runtime.continuations.send(ref, spawnOf('worker@1'));
    await runtime.idle();
    runtime.scheduler.wipe();
    await runtime.continuations.send(ref, { kind: 'wake', rearm: true });
    await runtime.idle();
    expect(runtime.armed()).toHaveLength(1);
    await runtime.continuations.send(ref, signalOf('kill'));
    await runtime.idle();
    runtime.scheduler.wipe();
    await runtime.continuations.send(ref, { kind: 'wake', rearm: true });
    await runtime.idle();
    expect(runtime.armed()).toEqual([]);
    expect(held.attempts).toEqual([1]);
  });
});
