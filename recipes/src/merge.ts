import { complete, defineRecipe } from '@maestro/core';
import { z } from 'zod';

/** Completes with what a merge function made of its parents: what a merge runs unless it names a recipe. */
export const merge = defineRecipe({
  name: 'merge',
  version: 1,
  description: 'Completes with what came of a merge',
  parameters: z.strictObject({}),
  state: z.strictObject({}),
  start: () => ({ step: 'finish', state: {} }),
  steps: {
    finish: { inline: true, run: ({ merged }) => complete(merged?.value ?? null) },
  },
});
