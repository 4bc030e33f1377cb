import { z } from 'zod';
import { MaestroError } from '../errors/maestro-error.ts';
import { valueAt } from './json-pointer.ts';
import type { MergeFunction } from './merge-function.ts';

const Parameters = z.strictObject({
  /** Where a result has its score: a JSON pointer. */
  score: z
    .string()
    .regex(/^(\/[^/]*)*$/, 'must be a JSON pointer such as /score')
    .default('/score'),
  better: z.enum(['higher', 'lower']).default('higher'),
});

/** Takes the result with the best score; of equal ones the first. */
export const bestByScore: MergeFunction = {
  name: 'best-by-score',
  description: 'The result with the best score',
  parameters: Parameters,
  merge: (inputs, context) => {
    const { score: pointer, better } = Parameters.parse(context.parameters);
    const sign = better === 'higher' ? 1 : -1;
    const scored = inputs.flatMap(({ parent, result }) => {
      const score = valueAt(result, pointer);
      return typeof score === 'number' ? [{ parent, score, result }] : [];
    });
    const [first, ...others] = scored;
    if (!first) {
      throw new MaestroError(
        'merge.failed',
        `no parent has a result with a number at ${pointer || 'its root'}`,
      );
    }
    const best = others.reduce((a, b) => (sign * (b.score - a.score) > 0 ? b : a), first);
    return { value: best, conflicts: [] };
  },
};
