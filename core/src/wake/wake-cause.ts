import { z } from 'zod';
import { Instant } from './wake-condition.ts';

/** Names one cause; a cause wakes a continuation at most once. */
const CauseId = z.string().min(1).max(300);

/** Why a tick began. */
export const WakeCause = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('spawn'), causeId: CauseId }),
  z.looseObject({ kind: z.literal('timer'), causeId: CauseId, at: Instant }),
  z.looseObject({ kind: z.literal('timeout'), causeId: CauseId, at: Instant, signal: z.string() }),
  z.looseObject({ kind: z.literal('human'), causeId: CauseId, signal: z.string() }),
  z.looseObject({
    kind: z.literal('stream'),
    causeId: CauseId,
    stream: z.string(),
    itemId: z.string(),
  }),
  z.looseObject({
    kind: z.literal('sibling'),
    causeId: CauseId,
    tag: z.string(),
    publisher: z.string(),
  }),
]);
export type WakeCause = z.infer<typeof WakeCause>;
