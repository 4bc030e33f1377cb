import { z } from 'zod';
import { JsonValue } from '../canonical/json-value.ts';
import { verbatim } from '../privacy/verbatim.ts';
import { SiblingScope } from '../topic/topic-ref.ts';
import { Instant } from './wake-condition.ts';

/** Names one cause; a cause wakes a continuation at most once. */
const CauseId = verbatim(z.string().min(1).max(300), 'an id');

/** A name or an id that somebody else has given. */
const Name = verbatim(z.string(), 'a name or an id');

/** Why a tick began. */
export const WakeCause = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('spawn'), causeId: CauseId }),
  z.looseObject({ kind: z.literal('timer'), causeId: CauseId, at: Instant }),
  z.looseObject({ kind: z.literal('timeout'), causeId: CauseId, at: Instant, signal: Name }),
  z.looseObject({ kind: z.literal('human'), causeId: CauseId, signal: Name }),
  z.looseObject({
    kind: z.literal('stream'),
    causeId: CauseId,
    stream: Name,
    itemId: Name,
  }),
  z.looseObject({
    kind: z.literal('sibling'),
    causeId: CauseId,
    tag: Name,
    publisher: Name,
    within: SiblingScope.optional(),
  }),
  z.looseObject({
    kind: z.literal('parents'),
    causeId: CauseId,
    /** How many parents had ended. */
    ended: z.int().min(0),
    /** The deadline, if it was that. */
    at: Instant.optional(),
  }),
]);
export type WakeCause = z.infer<typeof WakeCause>;

/** How the last sleep ended. */
export const LastWake = z.looseObject({
  cause: WakeCause,
  at: Instant,
  /** How long after it was due, in ms. */
  lateMs: z.int().min(0),
  /** What else the continuation was waiting for. */
  pending: z.array(Name),
  /** The item of a stream or a sibling that it waited for. */
  item: JsonValue.optional(),
});
export type LastWake = z.infer<typeof LastWake>;
