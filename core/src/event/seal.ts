import { canonicalJson } from '../canonical/canonical-json.ts';
import { MaestroError } from '../errors/maestro-error.ts';
import { redact } from '../privacy/redact.ts';
import { EVENT_PAYLOADS, type EventDraft } from './event-payloads.ts';
import { linkHashOf, payloadHashOf } from './hash-chain.ts';
import {
  EVENT_VERSION,
  type ContinuationEvent,
  type EventEnvelope,
  type StoredEvent,
} from './stored-event.ts';

/** The largest row, in bytes: what fits an item of every supported store. */
export const MAX_ROW_BYTES = 350 * 1024;

/** What an event is sealed with, apart from its draft. */
export interface SealContext {
  readonly tenant: string;
  readonly continuation: string;
  readonly generation: number;
  readonly sequence: number;
  /** Hash of the event before. */
  readonly previous: string;
  readonly at: string;
  readonly commit: string;
  readonly done: number;
  readonly trace: { readonly traceId: string; readonly cause?: string | undefined };
  readonly salt: string;
}

/** An event and the text of its row. */
export interface SealedEvent {
  readonly event: ContinuationEvent;
  readonly row: string;
}

/**
 * Makes the stored form of an event: redacts what its schema marks as personal data, adds the envelope, hashes, and
 * writes the row. What `decide` returned is checked against the schema, so nothing unreadable can be stored.
 *
 * @throws MaestroError `event.too_large` over {@link MAX_ROW_BYTES}; `internal.error` for a payload that is not valid.
 */
export function sealEvent(draft: EventDraft, context: SealContext): SealedEvent {
  const schema = EVENT_PAYLOADS[draft.type];
  const checked = schema.safeParse(draft.payload);
  if (!checked.success) {
    throw new MaestroError('internal.error', `a ${draft.type} event was made that is not valid`, {
      cause: checked.error,
    });
  }
  const payload = redact(schema, checked.data);
  const envelope: EventEnvelope = {
    version: EVENT_VERSION,
    type: draft.type,
    tenant: context.tenant,
    continuation: context.continuation,
    generation: context.generation,
    sequence: context.sequence,
    at: context.at,
    commit: context.commit,
    done: context.done,
    trace: {
      traceId: context.trace.traceId,
      ...(context.trace.cause ? { cause: context.trace.cause } : {}),
    },
  };
  const payloadHash = payloadHashOf(context.salt, payload);
  const stored: StoredEvent = {
    ...envelope,
    payload,
    salt: context.salt,
    payloadHash,
    hash: linkHashOf(context.previous, envelope, payloadHash),
  };
  const row = canonicalJson(stored);
  if (Buffer.byteLength(row) > MAX_ROW_BYTES) {
    throw new MaestroError(
      'event.too_large',
      `the ${draft.type} event of ${context.continuation} would take ${Buffer.byteLength(row)} bytes, at most ${MAX_ROW_BYTES} can be stored`,
    );
  }
  // The JSON form, not the objects of the draft: what is folded now is what a later reader of the row folds.
  return { event: JSON.parse(row) as ContinuationEvent, row };
}
