import { MinHeap } from './min-heap.ts';
import type { MessageLock, QueuedMessage } from './queued-message.ts';

/** A receiver's right to all messages of a session. */
export interface SessionLock {
  readonly sessionId: string;
  untilMs: number;
  /** Whether it was closed or ran out. */
  ended: boolean;
  /** Locks of messages that were received under it. */
  readonly held: Set<MessageLock>;
}

/** The messages of one session that can be received, in the order of their numbers; a queue without sessions has one lane. */
export class SessionLane {
  readonly #ready = new MinHeap<QueuedMessage>();
  #readyCount = 0;
  /** The receiver that has the session. */
  lock: SessionLock | undefined;
  /** What receivers keep about the session. */
  state: Buffer | undefined;

  /** How many messages can be received. */
  get readyCount(): number {
    return this.#readyCount;
  }

  /** Makes a message receivable; O(log n). */
  push(message: QueuedMessage): void {
    message.state = 'ready';
    this.#readyCount += 1;
    this.#ready.push(message.sequenceNumber, message);
  }

  /** Takes the first message that can be received. */
  take(): QueuedMessage | undefined {
    for (let message = this.#ready.pop(); message !== undefined; message = this.#ready.pop()) {
      if (message.state !== 'ready') continue;
      this.#readyCount -= 1;
      return message;
    }
    return undefined;
  }

  /** Leaves out a message that is ready; the heap forgets it later. */
  withdraw(message: QueuedMessage): void {
    message.state = 'gone';
    this.#readyCount -= 1;
  }
}
