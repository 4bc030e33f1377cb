import {
  complete,
  defineRecipe,
  fork,
  humanSignal,
  publish,
  siblingPublish,
  sleep,
  timerAfter,
} from '@maestro/core';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** Where this module is: what hosts under measurement load beside `@maestro/recipes`. */
export const BENCH_RECIPES = fileURLToPath(import.meta.url);

/** Makes a child that publishes on a signal, and waits for what it publishes. */
const pair = defineRecipe({
  name: 'pair',
  version: 1,
  description: 'A listener and its child, who speaks on a signal',
  parameters: z.strictObject({}),
  state: z.strictObject({}),
  start: () => ({ step: 'part', state: {} }),
  steps: {
    part: { inline: true, run: () => fork([{ step: 'hold' }], 'listen') },
    listen: { inline: true, run: () => sleep(siblingPublish('word'), 'heard') },
    heard: { inline: true, run: () => complete({ heard: true }) },
    hold: { inline: true, run: () => sleep(humanSignal('go'), 'speak') },
    speak: {
      inline: true,
      run: () => publish({ kind: 'word', value: 'now', tags: ['word'] }, 'done'),
    },
    done: { inline: true, run: () => complete({ heard: false }) },
  },
});

/** Grows a log of a known length, with pauses that only a signal ends: a copy of one is quiet. */
const history = defineRecipe({
  name: 'history',
  version: 1,
  description: 'Ticks, a pause, ticks, a pause',
  parameters: z.strictObject({
    /** Ticks before each pause. */
    ticks: z.array(z.int().min(0)).min(1),
  }),
  state: z.strictObject({ part: z.int().min(0), left: z.int().min(0) }),
  start: ({ ticks: [left = 0] }) => ({ step: 'tick', state: { part: 0, left } }),
  steps: {
    tick: {
      inline: true,
      run: ({ parameters: { ticks }, nowMs }, { part, left }) => {
        if (left > 0) return sleep(timerAfter(nowMs, 0), 'tick', { part, left: left - 1 });
        const following = ticks[part + 1];
        return following === undefined
          ? sleep(humanSignal('end'), 'end', { part, left })
          : sleep(humanSignal('go'), 'tick', { part: part + 1, left: following });
      },
    },
    end: { inline: true, run: () => complete(null) },
  },
});

/**
 * What the host loads from this module.
 *
 * @public
 */
export const recipes = [pair, history] as const;
