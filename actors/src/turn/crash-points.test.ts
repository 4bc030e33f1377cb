import {
  complete,
  defineRecipe,
  deriveChildId,
  fork,
  humanSignal,
  MaestroError,
  next,
  publish,
  sleep,
  spanIdOf,
  streamItem,
  timerAfter,
} from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { MemoryCluster, MemoryTracing, orphansOf } from '../testing/index.ts';
import { CRASH_POINTS, crashHookFrom, type CrashPoint } from './crash-points.ts';
import { EVENTS_TOPIC, type EventsMessage } from './effects.ts';

/** What {@link whole} has for children. */
const leaf = defineRecipe({
  name: 'leaf',
  version: 1,
  description: 'Sleeps once',
  parameters: z.strictObject({}),
  state: z.strictObject({}),
  start: () => ({ step: 'nap', state: {} }),
  steps: {
    nap: { inline: true, run: ({ nowMs }) => sleep(timerAfter(nowMs, 1_000), 'end') },
    end: { inline: true, run: () => complete('leaf') },
  },
});

/** A life with everything in it: sleeps, a detached step, an artifact, children, a signal. */
const whole = defineRecipe({
  name: 'whole',
  version: 1,
  description: 'A whole life',
  parameters: z.strictObject({}),
  state: z.strictObject({ naps: z.int() }),
  start: () => ({ step: 'nap', state: { naps: 0 } }),
  steps: {
    nap: {
      inline: true,
      run: ({ nowMs }, { naps }) =>
        naps < 2 ? sleep(timerAfter(nowMs, 3_000), 'nap', { naps: naps + 1 }) : next('work'),
    },
    work: {
      run: async ({ stepId }) => publish({ kind: 'note', value: stepId }, 'branch'),
    },
    branch: {
      inline: true,
      run: () => fork([{ recipe: 'leaf@1', budgetMicroUsd: 7 }, { recipe: 'leaf@1' }], 'watch'),
    },
    watch: { inline: true, run: () => sleep(streamItem('papers'), 'ask') },
    ask: { inline: true, run: () => sleep(humanSignal('go'), 'end') },
    end: { inline: true, run: ({ tick }) => complete({ tick }) },
  },
});

/** How often a point is passed in a whole life, at most; later passes are not reached and change nothing. */
const PASSES = 10;

/** How long spans wait to be exported, in ms. */
const UNEXPORTED_MS = 5_000;

/** Lives a whole life; the host dies at the `count`-th pass of a point, and another one takes over. */
async function liveThrough(point: CrashPoint, count: number) {
  const cluster = new MemoryCluster({ recipes: [whole, leaf] });
  const published = new Map<number, string>();
  cluster.bus.subscribe(EVENTS_TOPIC, async ({ data }) => {
    const { continuation, from, rows } = data as EventsMessage;
    if (continuation !== ref.id) return;
    rows.forEach((row, index) => {
      // What is repeated after a crash is the same, byte for byte.
      expect(published.get(from + index) ?? row).toBe(row);
      published.set(from + index, row);
    });
  });
  let passes = 0;
  let diedAtMs = Number.POSITIVE_INFINITY;
  const tracing = new MemoryTracing();
  const later = new MemoryTracing();
  const takeOver = () => cluster.takeOver({ tracing: later });
  const mortal = cluster.takeOver({
    crash: (passed) => {
      if (passed !== point || ++passes !== count) return;
      mortal.kill();
      diedAtMs = cluster.clock.nowMs();
    },
    tracing,
  });
  const insist = async (command: Parameters<typeof cluster.send>[1]): Promise<void> => {
    for (;;) {
      if (!cluster.owner.alive) takeOver();
      try {
        await cluster.send(ref, command);
        return;
      } catch (error) {
        if (!MaestroError.from(error).retryable) throw error;
      }
    }
  };
  const feed = async (): Promise<void> => {
    for (;;) {
      if (!cluster.owner.alive) takeOver();
      try {
        await cluster.owner.topics.tellTopic(
          { tenant: ref.tenant, kind: 'stream', name: 'papers', shard: 0 },
          { kind: 'publish', items: [{ id: 'paper', item: { id: 'paper' } }] },
        );
        return;
      } catch (error) {
        if (!MaestroError.from(error).retryable) throw error;
      }
    }
  };
  await insist(spawnOf('whole@1'));
  for (let round = 0; round < 12; round++) {
    await cluster.advance(6_000);
    if (!cluster.owner.alive) takeOver();
    await cluster.owner.runSteps();
    const { state } = await readVerified(cluster.owner.store);
    if (state.status === 'completed') break;
    if (state.wait?.condition.kind === 'human') await insist(signalOf('go'));
    if (state.wait?.condition.kind === 'stream') await feed();
  }
  await cluster.advance(120_000);
  // What it would have exported within the last seconds of its life is lost.
  const received = tracing.spans.filter(({ endMs }) => endMs < diedAtMs - UNEXPORTED_MS);
  return { cluster, published, died: !mortal.alive, spans: [...received, ...later.spans] };
}

describe('wherever a host dies, its successor brings the continuation to the same end', () => {
  for (const point of CRASH_POINTS) {
    it(
      point,
      async () => {
        let deaths = 0;
        for (let count = 1; count <= PASSES; count++) {
          const { cluster, published, died, spans } = await liveThrough(point, count);
          if (died) deaths++;
          const { state, events } = await readVerified(cluster.owner.store);
          expect(state).toMatchObject({ status: 'completed', tick: 5, artifacts: 2 });
          expect(state.result?.value).toEqual({ tick: 5 });
          expect(events.filter(({ type }) => type === 'wake')).toHaveLength(5);
          expect(published.size).toBe(events.length);
          expect(cluster.scheduler.armed()).toEqual([]);
          expect(orphansOf(spans)).toEqual([]);
          const exported = new Set(spans.map(({ spanId }) => spanId));
          for (const { commit } of events) expect(exported).toContain(spanIdOf(commit));
          const sequence = state.offspring?.sequences[0] ?? 0;
          for (const index of [0, 1]) {
            const child = { tenant: ref.tenant, id: deriveChildId(ref, sequence, index) };
            const { state: born } = await readVerified(cluster.owner.store, child);
            expect(born).toMatchObject({ status: 'completed', tick: 2 });
            expect(born.lineage).toEqual({
              root: ref.id,
              parents: [{ id: ref.id, kind: 'fork', sequence }],
              depth: 1,
            });
          }
        }
        expect(deaths).toBeGreaterThan(0);
      },
      60_000,
    );
  }
});

describe('the hook that kills this process', () => {
  it('is not made of a name that is no crash point, nor of a count that is none', () => {
    for (const text of ['turn.lost', 'turn.loaded:0', 'turn.loaded:x', '']) {
      expect(() => crashHookFrom(text)).toThrow(TypeError);
    }
    expect(crashHookFrom('turn.loaded:2')).toBeTypeOf('function');
  });
});
