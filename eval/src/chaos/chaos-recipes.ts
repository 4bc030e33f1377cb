import { complete, defineRecipe, next, sleep, timerAfter } from '@maestro/core';
import { z } from 'zod';

/** Alternates detached steps and sleeps: every kind of turn that a crash can meet. */
const wanderer = defineRecipe({
  name: 'wanderer',
  version: 1,
  description: 'Detached steps and sleeps in turn',
  parameters: z.strictObject({
    rounds: z.int().min(1).max(100),
    stepMs: z.int().min(0).max(60_000),
    sleepMs: z.int().min(0).max(60_000),
  }),
  state: z.strictObject({ left: z.int().min(0) }),
  start: ({ rounds }) => ({ step: 'work', state: { left: rounds } }),
  steps: {
    work: {
      run: async ({ parameters, abort }, { left }) => {
        await new Promise<void>((resolve, reject) => {
          const timer = setTimeout(resolve, parameters.stepMs);
          abort.addEventListener('abort', () => {
            clearTimeout(timer);
            reject(new Error('aborted'));
          });
        });
        return next('rest', { left: left - 1 });
      },
    },
    rest: {
      inline: true,
      run: ({ parameters, nowMs }, { left }) =>
        left === 0
          ? complete({ rounds: parameters.rounds })
          : sleep(timerAfter(nowMs, parameters.sleepMs), 'work'),
    },
  },
});

/** What a worker under chaos loads. */
export const recipes = [wanderer];
