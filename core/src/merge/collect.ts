import { z } from 'zod';
import type { MergeFunction } from './merge-function.ts';

/** Lists what every parent came to, in the order of the parents. */
export const collect: MergeFunction = {
  name: 'collect',
  description: 'A list of what every parent came to',
  parameters: z.strictObject({}),
  merge: (inputs) => ({
    value: inputs.map(({ parent, status, result }) => ({ parent, status, result })),
    conflicts: [],
  }),
};
