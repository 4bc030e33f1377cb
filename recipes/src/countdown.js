import { complete, defineRecipe, sleep, timerAfter } from '@maestro/core';
import { z } from 'zod';
/** Counts down, one tick each, with a sleep between two. */
export const countdown = defineRecipe({
  name: 'countdown',
  version: 1,
  description: 'Ticks n times, with a sleep between two ticks',
  parameters: z.strictObject({
    /** Number of ticks. */
    n: z.int().min(1).max(1_000_000),
    /** Sleep between two ticks, in ms. */
    everyMs: z.int().min(0).max(86_400_000).default(1000),
  }),
  state: z.strictObject({ left: z.int().min(0) }),
  start: ({ n }) => ({ step: 'tick', state: { left: n } }),
  steps: {
    tick: {
      inline: true,
      run: ({ parameters, nowMs }, { left }) =>
        left <= 1
          ? complete({ ticks: parameters.n }, { left: 0 })
          : sleep(timerAfter(nowMs, parameters.everyMs), 'tick', { left: left - 1 }),
    },
  },
});
//# sourceMappingURL=countdown.js.map
