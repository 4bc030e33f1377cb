import {
  complete,
  defineRecipe,
  fork,
  next,
  publish,
  siblingPublish,
  sleep,
  timerAfter,
} from '@maestro/core';
import { z } from 'zod';

/** A detached step of `stepMs`, a short sleep, an inline step, done. */
const detour = defineRecipe({
  name: 'detour',
  version: 1,
  description: 'A detached step, a sleep, done',
  parameters: z.strictObject({ stepMs: z.int().min(0), sleepMs: z.int().min(0) }),
  state: z.strictObject({ attempts: z.int().min(0) }),
  start: () => ({ step: 'work', state: { attempts: 0 } }),
  steps: {
    work: {
      run: async ({ parameters, attempt, abort }) => {
        await new Promise((resolve, reject) => {
          const timer = setTimeout(resolve, parameters.stepMs);
          abort.addEventListener('abort', () => {
            clearTimeout(timer);
            reject(new Error('aborted'));
          });
        });
        return next('rest', { attempts: attempt });
      },
    },
    rest: {
      inline: true,
      run: ({ parameters, nowMs }) => sleep(timerAfter(nowMs, parameters.sleepMs), 'end'),
    },
    end: { inline: true, run: (_context, { attempts }) => complete({ attempts }) },
  },
});

/** Makes three children that sleep a second, sleeps itself, done. */
const branching = defineRecipe({
  name: 'branching',
  version: 1,
  description: 'Makes three children',
  parameters: z.strictObject({}),
  state: z.strictObject({}),
  start: () => ({ step: 'split', state: {} }),
  steps: {
    split: {
      inline: true,
      run: () => fork([{ step: 'rest' }, { step: 'rest' }, { step: 'rest' }], 'rest'),
    },
    rest: { inline: true, run: ({ nowMs }) => sleep(timerAfter(nowMs, 1_000), 'end') },
    end: { inline: true, run: () => complete('done') },
  },
});

/** Ticks n times: a detached step, then a sleep. */
const rounds = defineRecipe({
  name: 'rounds',
  version: 1,
  description: 'Works and sleeps, n times',
  parameters: z.strictObject({
    n: z.int().min(1),
    stepMs: z.int().min(0),
    sleepMs: z.int().min(0),
  }),
  state: z.strictObject({ done: z.int().min(0) }),
  start: () => ({ step: 'work', state: { done: 0 } }),
  steps: {
    work: {
      run: async ({ parameters }, { done }) => {
        await new Promise((resolve) => setTimeout(resolve, parameters.stepMs));
        return next('rest', { done: done + 1 });
      },
    },
    rest: {
      inline: true,
      run: ({ parameters, nowMs }, { done }) =>
        done < parameters.n
          ? sleep(timerAfter(nowMs, parameters.sleepMs), 'work')
          : complete({ done }),
    },
  },
});

/** Two children: one waits for what the other says. */
const pair = defineRecipe({
  name: 'pair',
  version: 1,
  description: 'A child that waits for another',
  parameters: z.strictObject({}),
  state: z.strictObject({}),
  start: () => ({ step: 'split', state: {} }),
  steps: {
    split: { inline: true, run: () => fork([{ step: 'listen' }, { step: 'speak' }], 'end') },
    listen: { inline: true, run: () => sleep(siblingPublish('word'), 'end') },
    speak: {
      inline: true,
      run: () => publish({ kind: 'note', value: 'hallo', tags: ['word'] }, 'end'),
    },
    end: { inline: true, run: () => complete('done') },
  },
});

export const recipes = [detour, branching, rounds, pair];
