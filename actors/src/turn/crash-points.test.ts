import {
  complete,
  defineRecipe,
  humanSignal,
  MaestroError,
  next,
  publish,
  sleep,
  timerAfter,
} from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { MemoryCluster } from '../testing/index.ts';
import { CRASH_POINTS, crashHookFrom, type CrashPoint } from './crash-points.ts';
import { EVENTS_TOPIC, type EventsMessage } from './effects.ts';

/** A life with everything in it: sleeps, a detached step, an artifact, a signal. */
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
      run: async ({ stepId }) => publish({ kind: 'note', value: stepId }, 'ask'),
    },
    ask: { inline: true, run: () => sleep(humanSignal('go'), 'end') },
    end: { inline: true, run: ({ tick }) => complete({ tick }) },
  },
});

/** How often a point is passed in a whole life, at most; later passes are not reached and change nothing. */
const PASSES = 10;

/** Lives a whole life; the host dies at the `count`-th pass of a point, and another one takes over. */
async function liveThrough(point: CrashPoint, count: number) {
  const cluster = new MemoryCluster({ recipes: [whole] });
  const published = new Map<number, string>();
  cluster.bus.subscribe(EVENTS_TOPIC, async ({ data }) => {
    const { from, rows } = data as EventsMessage;
    rows.forEach((row, index) => {
      // What is repeated after a crash is the same, byte for byte.
      expect(published.get(from + index) ?? row).toBe(row);
      published.set(from + index, row);
    });
  });
  let passes = 0;
  const mortal = cluster.takeOver({
    crash: (passed) => {
      if (passed === point && ++passes === count) mortal.kill();
    },
  });
  const insist = async (command: Parameters<typeof cluster.send>[1]): Promise<void> => {
    for (;;) {
      if (!cluster.owner.alive) cluster.takeOver();
      try {
        await cluster.send(ref, command);
        return;
      } catch (error) {
        if (!MaestroError.from(error).retryable) throw error;
      }
    }
  };
  await insist(spawnOf('whole@1'));
  for (let round = 0; round < 12; round++) {
    await cluster.advance(6_000);
    if (!cluster.owner.alive) cluster.takeOver();
    await cluster.owner.runSteps();
    const { state } = await readVerified(cluster.owner.store);
    if (state.status === 'completed') break;
    if (state.wait?.condition.kind === 'human') await insist(signalOf('go'));
  }
  await cluster.advance(120_000);
  return { cluster, published, died: !mortal.alive };
}

describe('wherever a host dies, its successor brings the continuation to the same end', () => {
  for (const point of CRASH_POINTS) {
    it(
      point,
      async () => {
        let deaths = 0;
        for (let count = 1; count <= PASSES; count++) {
          const { cluster, published, died } = await liveThrough(point, count);
          if (died) deaths++;
          const { state, events } = await readVerified(cluster.owner.store);
          expect(state).toMatchObject({ status: 'completed', tick: 4, artifacts: 2 });
          expect(state.result?.value).toEqual({ tick: 4 });
          expect(events.filter(({ type }) => type === 'wake')).toHaveLength(4);
          expect(published.size).toBe(events.length);
          expect(cluster.scheduler.armed()).toEqual([]);
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
