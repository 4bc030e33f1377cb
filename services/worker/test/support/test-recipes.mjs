import { complete, defineRecipe, next, sleep, timerAfter } from '@maestro/core';
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

export const recipes = [detour];
