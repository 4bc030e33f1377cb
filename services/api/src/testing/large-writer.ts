import { complete, defineRecipe } from '@maestro/core';
import { z } from 'zod';

/** A value that is too large for a row. */
export const report = { text: 'long '.repeat(20_000) };

/** Completes with it. */
export const largeWriter = defineRecipe({
  name: 'large-writer',
  version: 1,
  description: 'Completes with a long report',
  parameters: z.strictObject({}),
  state: z.strictObject({}),
  start: () => ({ step: 'write', state: {} }),
  steps: { write: { inline: true, run: () => complete(report) } },
});
