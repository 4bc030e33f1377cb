import { complete, defineRecipe, MAX_SLEEP_MS, sleep, timerAfter, timerAt } from '@maestro/core';
import { z } from 'zod';

/** Works a little, sleeps, works a little, completes: the smallest whole life. */
export const noop = defineRecipe({
  name: 'noop',
  version: 1,
  description: 'An inline step, a sleep, an inline step, done',
  parameters: z
    .strictObject({
      /** How long to sleep, in ms; at most ten years. */
      sleepMs: z.int().min(0).max(MAX_SLEEP_MS).default(0),
      /** Instant to sleep until, instead of `sleepMs`; one in the past wakes at once. */
      wakeAt: z.iso.datetime({ offset: true }).optional(),
    })
    .refine(
      ({ wakeAt }) => wakeAt === undefined || Date.parse(wakeAt) - Date.now() <= MAX_SLEEP_MS,
      {
        path: ['wakeAt'],
        message: 'must be at most ten years from now',
      },
    ),
  state: z.strictObject({ steps: z.int().min(0) }),
  start: () => ({ step: 'begin', state: { steps: 0 } }),
  steps: {
    begin: {
      inline: true,
      run: ({ parameters, nowMs }, { steps }) =>
        sleep(
          parameters.wakeAt ? timerAt(parameters.wakeAt) : timerAfter(nowMs, parameters.sleepMs),
          'end',
          { steps: steps + 1 },
        ),
    },
    end: {
      inline: true,
      run: (_context, { steps }) => complete({ steps: steps + 1 }, { steps: steps + 1 }),
    },
  },
});
