import { messageLockLost } from '../service-bus-error.ts';
import { MinHeap } from './min-heap.ts';
import type { MessageLock, QueuedMessage } from './queued-message.ts';
import type { SessionLock } from './session-lane.ts';

/** Whether a lock is one of a session. */
export function isSessionLock(lock: MessageLock | SessionLock): lock is SessionLock {
  return 'held' in lock;
}

/** The locks of a queue by their tokens, and when they end. */
export class LockTable {
  readonly #byToken = new Map<string, MessageLock>();
  readonly #ends = new MinHeap<MessageLock | SessionLock>();

  /** Locks a message; under a session's lock if there is one, which then decides when it ends. */
  lock(
    message: QueuedMessage,
    token: string,
    untilMs: number,
    session: SessionLock | undefined,
  ): MessageLock {
    const lock: MessageLock = { token, message, untilMs, session };
    message.state = 'locked';
    message.lock = lock;
    this.#byToken.set(token, lock);
    if (session === undefined) this.#ends.push(untilMs, lock);
    else session.held.add(lock);
    return lock;
  }

  /** Watches when the lock of a session ends. */
  watch(session: SessionLock): void {
    this.#ends.push(session.untilMs, session);
  }

  /** The lock of a token. Throws when it is over or was used already. */
  held(token: string): MessageLock {
    const lock = this.#byToken.get(token);
    if (lock === undefined) throw messageLockLost();
    return lock;
  }

  /** Forgets the lock of a message. */
  release(message: QueuedMessage): void {
    const { lock } = message;
    if (lock === undefined) return;
    this.#byToken.delete(lock.token);
    lock.session?.held.delete(lock);
    message.lock = undefined;
  }

  /** The next lock that has run out; it is the caller's to end. */
  nextEnded(nowMs: number): MessageLock | SessionLock | undefined {
    for (let lock = this.#ends.popUpTo(nowMs); lock; lock = this.#ends.popUpTo(nowMs)) {
      const over = isSessionLock(lock) ? lock.ended : this.#byToken.get(lock.token) !== lock;
      if (over) continue;
      if (lock.untilMs <= nowMs) return lock;
      this.#ends.push(lock.untilMs, lock);
    }
    return undefined;
  }
}
