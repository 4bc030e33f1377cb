import { withApplicationProperties, type MessageContent } from '../codec/message-content.ts';
import type { Journal, Place } from './journal.ts';
import type { QueuedMessage } from './queued-message.ts';

/** The messages of one queue by their numbers. What changes them is in the journal before it is done. */
export class MessageStore {
  readonly #path: string;
  readonly #journal: () => Journal;
  readonly #messages = new Map<number, QueuedMessage>();
  #lastNumber = 0;

  constructor(path: string, journal: () => Journal) {
    this.#path = path;
    this.#journal = journal;
  }

  /** The next sequence number. */
  takeNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  /** A message by its number. */
  get(sequenceNumber: number): QueuedMessage | undefined {
    return this.#messages.get(sequenceNumber);
  }

  /** Keeps a message that is in the journal already. */
  keep(message: QueuedMessage): void {
    this.#lastNumber = Math.max(this.#lastNumber, message.sequenceNumber);
    this.#messages.set(message.sequenceNumber, message);
  }

  /** Forgets a message whose end is in the journal already. */
  forget(message: QueuedMessage): void {
    message.state = 'gone';
    this.#messages.delete(message.sequenceNumber);
  }

  /** Messages from a number on, whatever their state. */
  from(firstNumber: number, count: number, sessionId: string | undefined): QueuedMessage[] {
    const found: QueuedMessage[] = [];
    for (const message of this.#messages.values()) {
      if (message.sequenceNumber < firstNumber) continue;
      if (sessionId !== undefined && message.content.sessionId !== sessionId) continue;
      if (found.push(message) === count) break;
    }
    return found;
  }

  /** Ends a message. */
  remove(message: QueuedMessage): void {
    this.#journal().append({ op: 'remove', in: this.#place(message) });
    this.forget(message);
  }

  /** Counts a delivery that failed. */
  recordFailure(message: QueuedMessage): void {
    const { deliveryCount } = message;
    this.#journal().append({ op: 'failed', in: this.#place(message), deliveryCount });
  }

  /** Notes that a message is received by its number only from now on. */
  recordDeferral(message: QueuedMessage): void {
    this.#journal().append({ op: 'defer', in: this.#place(message) });
  }

  /** Sets application properties of a message. */
  rewrite(message: QueuedMessage, properties: Readonly<Record<string, unknown>> = {}): void {
    if (Object.keys(properties).length === 0) return;
    message.content = withApplicationProperties(message.content, properties);
    this.#journal().append({
      op: 'rewrite',
      in: this.#place(message),
      message: message.content.encoded.toString('base64'),
    });
  }

  /** Ends a message here in favour of the same one, with other content, under a number of another queue. */
  moveOut(message: QueuedMessage, content: MessageContent, to: Place): void {
    const { enqueuedAtMs, enqueuedSequenceNumber, deliveryCount } = message;
    this.#journal().append({
      op: 'put',
      atMs: enqueuedAtMs,
      to: [to],
      message: content.encoded.toString('base64'),
      enqueuedSequenceNumber,
      deliveryCount,
      from: this.#place(message),
    });
    this.forget(message);
  }

  #place(message: QueuedMessage): Place {
    return [this.#path, message.sequenceNumber];
  }
}
