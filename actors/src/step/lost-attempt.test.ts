import { complete } from '@maestro/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { HeldWork } from '../testing/held-work.ts';
import { MemoryCluster } from '../testing/index.ts';
import { workerOf } from '../testing/sample-recipes.ts';

async function workingCluster(): Promise<{ cluster: MemoryCluster; held: HeldWork }> {
  const held = new HeldWork();
  const cluster = new MemoryCluster({ recipes: [workerOf(held.work)] });
  await cluster.send(ref, spawnOf('worker@1'));
  await cluster.idle();
  expect(held.attempts).toEqual([1]);
  return { cluster, held };
}

const read = ({ owner }: MemoryCluster) => readVerified(owner.store);

/** The first host is only cut off from its continuation: both attempts go on. */
async function twoAttempts(): Promise<{ cluster: MemoryCluster; held: HeldWork }> {
  const { cluster, held } = await workingCluster();
  cluster.takeOver();
  await cluster.advance(30_000);
  expect(held.attempts).toEqual([1, 2]);
  return { cluster, held };
}

/** Moves the timers of the runner and the clock of the cluster on together. */
async function pass(cluster: MemoryCluster, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1000) {
    await cluster.advance(1000);
    vi.advanceTimersByTime(1000);
    await cluster.idle();
  }
}

describe('an attempt whose host has died', () => {
  it('is run again as the next attempt when its lease is over, and not before', async () => {
    const { cluster, held } = await workingCluster();
    cluster.owner.kill();
    cluster.takeOver();
    await cluster.advance(29_999);
    expect(held.attempts).toEqual([1]);
    await cluster.advance(1);
    expect(held.attempts).toEqual([1, 2]);
    expect(held.contexts.map(({ stepId }) => stepId)).toEqual(['work#1', 'work#1']);
    held.finish(1, complete('second'));
    await cluster.idle();
    const { state, events } = await read(cluster);
    expect(state).toMatchObject({
      status: 'completed',
      generation: 2,
      result: { value: 'second' },
    });
    expect(events.filter(({ type }) => type === 'step')).toHaveLength(3);
  });

  it('is given up after twenty hosts', async () => {
    const { cluster, held } = await workingCluster();
    for (let host = 0; host < 25; host++) {
      cluster.owner.kill();
      cluster.takeOver();
      await cluster.advance(31_000);
    }
    expect(held.attempts).toHaveLength(20);
    expect((await read(cluster)).state).toMatchObject({
      status: 'failed',
      failure: { code: 'step.failed' },
    });
  });

  it('waits for the resume when the continuation is paused', async () => {
    const { cluster, held } = await workingCluster();
    await cluster.send(ref, signalOf('pause'));
    cluster.owner.kill();
    cluster.takeOver();
    await cluster.advance(120_000);
    expect(held.attempts).toEqual([1]);
    expect((await read(cluster)).state).toMatchObject({
      status: 'paused',
      activity: { kind: 'retry', attempt: 2 },
    });
    await cluster.send(ref, signalOf('resume'));
    await cluster.idle();
    expect(held.attempts).toEqual([1, 2]);
  });
});

describe('two attempts of one step', () => {
  it('the result of the older one wins when it is first, and the newer one is aborted', async () => {
    const { cluster, held } = await twoAttempts();
    held.finish(0, complete('old'));
    await cluster.idle();
    const { state, events } = await read(cluster);
    expect(state.result?.value).toBe('old');
    expect(held.aborted(1)).toBe(true);
    held.finish(1, complete('new'));
    await cluster.idle();
    expect((await read(cluster)).events).toEqual(events);
  });

  it('the result of the newer one wins when it is first, and the older one changes nothing', async () => {
    const { cluster, held } = await twoAttempts();
    held.finish(1, complete('new'));
    await cluster.idle();
    const { state, events } = await read(cluster);
    expect(state.result?.value).toBe('new');
    held.finish(0, complete('old'));
    await cluster.idle();
    expect((await read(cluster)).events).toEqual(events);
  });

  it('a failure of the older one is of no interest', async () => {
    const { cluster, held } = await twoAttempts();
    const { events } = await read(cluster);
    held.fail(0, new Error('too late'));
    await cluster.idle();
    expect((await read(cluster)).events).toEqual(events);
    held.finish(1, complete('new'));
    await cluster.idle();
    expect((await read(cluster)).state.result?.value).toBe('new');
  });
});

describe('heartbeats', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('keep a step alive as long as its continuation answers', async () => {
    const { cluster, held } = await workingCluster();
    await pass(cluster, 120_000);
    expect(held.attempts).toEqual([1]);
    expect(held.aborted(0)).toBe(false);
    expect((await read(cluster)).events).toHaveLength(3);
  });

  it('keep a step alive whose continuation has moved to another host', async () => {
    const { cluster, held } = await workingCluster();
    cluster.takeOver();
    await pass(cluster, 120_000);
    expect(held.attempts).toEqual([1]);
    held.finish(0, complete('from afar'));
    await cluster.idle();
    expect((await read(cluster)).state.result?.value).toBe('from afar');
  });

  it('abort an attempt that another one has replaced', async () => {
    const { cluster, held } = await workingCluster();
    cluster.takeOver();
    await cluster.advance(30_000);
    expect(held.attempts).toEqual([1, 2]);
    await pass(cluster, 10_000);
    expect(held.aborted(0)).toBe(true);
    expect(held.aborted(1)).toBe(false);
  });

  it('abort an attempt on another host when the continuation is killed', async () => {
    const { cluster, held } = await workingCluster();
    cluster.takeOver();
    await cluster.send(ref, signalOf('kill'));
    expect(held.aborted(0)).toBe(false);
    await pass(cluster, 10_000);
    expect(held.aborted(0)).toBe(true);
  });

  it('abort an attempt that has not reached its continuation for 25 s, before the next one starts', async () => {
    const { cluster, held } = await workingCluster();
    const [first] = cluster.hosts;
    const stranded = cluster.takeOver();
    stranded.kill();
    vi.advanceTimersByTime(24_999);
    await first?.idle();
    expect(held.aborted(0)).toBe(false);
    vi.advanceTimersByTime(1);
    await first?.idle();
    expect(held.aborted(0)).toBe(true);
    cluster.takeOver();
    await cluster.advance(30_000);
    expect(held.attempts).toEqual([1, 2]);
  });
});
