import type { MessageContent } from '../codec/message-content.ts';
import type { SessionLock } from './session-lane.ts';

/** A message in a queue, subscription or dead-letter queue. */
export interface QueuedMessage {
  readonly sequenceNumber: number;
  /** The number that the topic or queue gave it when it was sent. */
  readonly enqueuedSequenceNumber: number;
  readonly enqueuedAtMs: number;
  /** Instant after which nobody gets it any more; infinite when it lives for ever. */
  readonly expiresAtMs: number;
  content: MessageContent;
  /** Deliveries that failed. */
  deliveryCount: number;
  state: 'ready' | 'locked' | 'deferred' | 'gone';
  /** Whether it is to be received by its number only, now or after its lock. */
  deferred: boolean;
  lock: MessageLock | undefined;
}

/** A receiver's right to settle a message. */
export interface MessageLock {
  readonly token: string;
  readonly message: QueuedMessage;
  untilMs: number;
  /** The session under whose lock the message was received: then that lock is the one that counts. */
  readonly session: SessionLock | undefined;
}

/** What a receiver gets: the lock is missing when the message was deleted at once. */
export interface HandedOut {
  readonly message: QueuedMessage;
  readonly lock: MessageLock | undefined;
}

/** How a receiver ends its lock. */
export type Settlement =
  | { readonly outcome: 'complete' }
  | {
      readonly outcome: 'abandon' | 'defer';
      /** Application properties to set. */
      readonly properties?: Readonly<Record<string, unknown>>;
      /** Whether this is no failed delivery. */
      readonly uncounted?: boolean;
    }
  | {
      readonly outcome: 'deadLetter';
      readonly properties?: Readonly<Record<string, unknown>>;
      readonly reason?: string;
      readonly description?: string;
    };
