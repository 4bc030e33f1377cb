import { z } from 'zod';
import { ContinuationId, TenantSlug } from '../continuation/identifiers.ts';
import { Instant } from '../wake/wake-condition.ts';
import { EVENT_PAYLOADS, type EventPayload, type EventType } from './event-payloads.ts';

/** The version in which this release writes events. Readers upcast older ones, and refuse newer ones. */
export const EVENT_VERSION = 1;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The root trace of the continuation, and the W3C traceparent of the span that caused this event. */
export const EventTrace = z.looseObject({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  cause: z.string().max(100).optional(),
});
export type EventTrace = z.infer<typeof EventTrace>;

/** What every event says about itself, apart from its payload. */
export const EventEnvelope = z.looseObject({
  version: z.int().min(0),
  type: z.enum(Object.keys(EVENT_PAYLOADS) as [EventType, ...EventType[]]),
  tenant: TenantSlug,
  continuation: ContinuationId,
  generation: z.int().min(1),
  sequence: z.int().min(1),
  at: Instant,
  /** Names the commit that wrote it; shared by the events of one transaction. */
  commit: z.string().min(1).max(100),
  /** Up to which sequence the effects were known to be done when this was written. */
  done: z.int().min(0),
  trace: EventTrace,
  /**
   * How many values stand as `[redacted:kind]` in the payload, and in values that it refers to, by kind. Absent without any.
   * It stays when the payload is erased.
   */
  redactions: z.record(z.string(), z.int().min(1)).optional(),
});
export type EventEnvelope = z.infer<typeof EventEnvelope>;

/** An event as its row holds it; the row is the canonical JSON of this. */
export const StoredEvent = EventEnvelope.extend({
  /** Null once the payload was erased. */
  payload: z.unknown(),
  /** Random text that keeps a payload's hash from being guessed; null once the payload was erased. */
  salt: z.string().nullable(),
  /** SHA-256 of salt and payload. */
  payloadHash: Sha256,
  /** SHA-256 of the previous event's hash, the envelope and the payload's hash. */
  hash: Sha256,
});
export type StoredEvent = z.infer<typeof StoredEvent>;

/** A stored event whose payload is of the current version and has been checked. */
export type ContinuationEvent = {
  [T in EventType]: StoredEvent & { readonly type: T; readonly payload: EventPayload<T> };
}[EventType];
