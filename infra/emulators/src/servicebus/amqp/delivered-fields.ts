import type { MessageQueue } from '../broker/message-queue.ts';
import type { QueuedMessage } from '../broker/queued-message.ts';
import type { DeliveredFields } from '../codec/delivered-message.ts';

const DEAD_LETTER_SUFFIX = '/$DeadLetterQueue';

/** What a receiver sees of a message besides what its sender wrote. */
export function deliveredFields(queue: MessageQueue, message: QueuedMessage): DeliveredFields {
  const { sequenceNumber, enqueuedSequenceNumber, enqueuedAtMs, deliveryCount, content } = message;
  return {
    content,
    sequenceNumber,
    enqueuedSequenceNumber,
    enqueuedAtMs,
    deliveryCount,
    state: message.deferred ? 'deferred' : 'active',
    ttlMs: queue.ttlOf(content) ?? content.ttlMs,
    lockedUntilMs: message.lock && queue.lockedUntilMs(message.lock),
    deadLetterSource:
      queue.deadLetter === undefined ? queue.path.slice(0, -DEAD_LETTER_SUFFIX.length) : undefined,
  };
}
