import { z } from 'zod';

/** Items that one request brings at most. */
export const MAX_ITEMS = 100;

/** Body of `POST /streams/{stream}/items`; each item is checked by itself: docs/reference/predicates.md. */
export const ItemsRequest = z.strictObject({
  items: z.array(z.record(z.string(), z.unknown())).min(1).max(MAX_ITEMS),
});
export type ItemsRequest = z.infer<typeof ItemsRequest>;

/** Answer of `POST /streams/{stream}/items`. */
export const ItemsAnswer = z.object({
  /** Items that are new to the stream. */
  taken: z.int().min(0),
  /** Items that the stream had before, by their ids: they wake nobody again. */
  known: z.int().min(0),
});
export type ItemsAnswer = z.infer<typeof ItemsAnswer>;
