import { complete, defineRecipe, next } from '@maestro/core';
import { z } from 'zod';

/** Completes with a result that is too large for a row. */
const writer = defineRecipe({
  name: 'writer',
  version: 1,
  description: 'Writes a long report in a detached step',
  parameters: z.strictObject({ kilobytes: z.int().min(1).max(2000) }),
  state: z.strictObject({}),
  start: () => ({ step: 'plan', state: {} }),
  steps: {
    plan: { inline: true, run: () => next('write') },
    write: {
      run: async ({ parameters }) => complete({ report: 'x'.repeat(parameters.kilobytes * 1024) }),
    },
  },
});

export const recipes = [writer];
