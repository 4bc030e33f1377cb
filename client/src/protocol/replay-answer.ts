import { z } from 'zod';

const sequence = z.int().min(0);

/** What came of a replay: the events that the warehouse holds, folded and compared with the head byte by byte. */
export const ReplayAnswer = z.discriminatedUnion('outcome', [
  /** The events fold to the head. */
  z.object({ outcome: z.literal('same'), sequence }),
  /** They fold to something else, from this byte of the head on. */
  z.object({ outcome: z.literal('different'), sequence, atByte: z.int().min(0) }),
  /** Events up to the head are still missing. */
  z.object({ outcome: z.literal('behind'), sequence, missing: z.int().min(1) }),
  /** They are no log that verifies. */
  z.object({
    outcome: z.literal('broken'),
    fault: z.object({ sequence, reason: z.string(), message: z.string() }),
  }),
  /** A payload was erased, so there is nothing to compare; the chain holds. */
  z.object({ outcome: z.literal('erased'), sequence }),
  /** The head is of another release's fold, so its bytes say nothing; the chain holds. */
  z.object({ outcome: z.literal('other-fold'), sequence, foldVersion: z.int() }),
]);
export type ReplayAnswer = z.infer<typeof ReplayAnswer>;
