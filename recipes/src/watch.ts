import { complete, defineRecipe, sleep, streamItem } from '@maestro/core';
import { z } from 'zod';

/** Waits for items of a stream, one after the other, and completes with their ids. */
export const watch = defineRecipe({
  name: 'watch',
  version: 1,
  description: 'Waits for items of a stream',
  parameters: z.strictObject({
    stream: z.string(),
    /** CEL: which items count; all of them unless given. */
    predicate: z.string().optional(),
    /** How many. */
    n: z.int().min(1).max(1000).default(1),
  }),
  state: z.strictObject({ ids: z.array(z.string()) }),
  start: () => ({ step: 'watch', state: { ids: [] } }),
  steps: {
    watch: {
      inline: true,
      run: ({ parameters: { stream, predicate } }) =>
        sleep(streamItem(stream, predicate === undefined ? {} : { predicate }), 'take'),
    },
    take: {
      inline: true,
      run: ({ parameters: { stream, predicate, n }, wake }, { ids }) => {
        const all = [...ids, wake?.cause.kind === 'stream' ? wake.cause.itemId : ''];
        return all.length < n
          ? sleep(streamItem(stream, predicate === undefined ? {} : { predicate }), 'take', {
              ids: all,
            })
          : complete({ ids: all }, { ids: all });
      },
    },
  },
});
