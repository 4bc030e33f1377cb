// The workload in Maestro's own idiom: a recipe package, loaded by MAESTRO_RECIPES. A step of a real recipe that is
// marked inline touches nothing outside its arguments; these write the harness's lines, which is what is measured.
import { complete, defineRecipe, humanSignal, sleep, timerAfter } from '@maestro/core';
import { z } from 'zod';
import { ev, evAlways } from '../lib.mjs';

const life = defineRecipe({
  name: 'peer-life',
  version: 1,
  description: 'A step, a durable sleep, a step, done',
  parameters: z.strictObject({ id: z.string(), sleepMs: z.int().min(0) }),
  state: z.strictObject({}),
  start: () => ({ step: 'step1', state: {} }),
  steps: {
    step1: {
      inline: true,
      run: ({ parameters: { id, sleepMs }, nowMs }) => {
        evAlways('step1', id);
        ev('sleep', id);
        return sleep(timerAfter(nowMs, sleepMs), 'step2');
      },
    },
    step2: {
      inline: true,
      run: ({ parameters: { id } }) => {
        ev('wake', id);
        evAlways('step2', id);
        ev('done', id);
        return complete('completed');
      },
    },
  },
});

const waiter = defineRecipe({
  name: 'peer-waiter',
  version: 1,
  description: 'Waits for the signal go',
  parameters: z.strictObject({ id: z.string() }),
  state: z.strictObject({}),
  start: () => ({ step: 'wait', state: {} }),
  steps: {
    wait: { inline: true, run: () => sleep(humanSignal('go'), 'resumed') },
    resumed: { inline: true, run: () => complete('completed') },
  },
});

export const recipes = [life, waiter];
