import type { MessageQueue } from '../broker/message-queue.ts';
import type { HandedOut } from '../broker/queued-message.ts';
import type { SessionLock } from '../broker/session-lane.ts';

/** A receiver that takes messages of a queue. */
export interface Consumer {
  readonly mode: 'lock' | 'delete';
  /** The session it has; undefined in a queue without sessions. */
  readonly session: SessionLock | undefined;
  /** Whether it has asked for more messages than it got. */
  readonly wantsMore: boolean;
  deliver(handedOut: HandedOut): void;
  /** Its session's lock has ended. */
  sessionLost(): void;
}

/** A receiver that waits for a session. */
export interface SessionSeeker {
  accepted(session: SessionLock): void;
}

/** Hands the messages of one queue to its receivers, in turns. */
export class Dispatcher {
  readonly #queue: MessageQueue;
  readonly #now: () => number;
  /** Receivers that want messages, the next one first. */
  readonly #waiting = new Set<Consumer>();
  readonly #withSession = new Set<Consumer>();
  readonly #seekers = new Set<SessionSeeker>();
  #isDue = false;

  constructor(queue: MessageQueue, now: () => number) {
    this.#queue = queue;
    this.#now = now;
    queue.onReady = () => this.#schedule();
  }

  /** A receiver that wants messages, now for the first time or again. */
  wake(consumer: Consumer): void {
    if (!consumer.wantsMore) return;
    if (consumer.session === undefined) this.#waiting.add(consumer);
    this.#schedule();
  }

  /** Hands out at once what is there, for a receiver that gives its credit back after it. */
  flush(consumer: Consumer): void {
    if (consumer.session === undefined) this.#waiting.add(consumer);
    this.#run();
  }

  /** A receiver that has got a session. */
  join(consumer: Consumer): void {
    this.#withSession.add(consumer);
    this.#schedule();
  }

  /** A receiver that takes no more. */
  leave(consumer: Consumer): void {
    this.#waiting.delete(consumer);
    this.#withSession.delete(consumer);
  }

  /** Waits for any session until it is cancelled. */
  seek(seeker: SessionSeeker): void {
    this.#seekers.add(seeker);
    this.#schedule();
  }

  /** Waits no longer; false when the seeker has got its session. */
  stopSeeking(seeker: SessionSeeker): boolean {
    return this.#seekers.delete(seeker);
  }

  #schedule(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => this.#run());
  }

  #run(): void {
    this.#isDue = false;
    const nowMs = this.#now();
    for (const seeker of this.#seekers) {
      const session = this.#queue.acceptSession(undefined, nowMs);
      if (session === undefined) break;
      this.#seekers.delete(seeker);
      seeker.accepted(session);
    }
    for (const consumer of this.#withSession) {
      while (consumer.wantsMore && this.#give(consumer, nowMs));
      if (consumer.session?.ended === true) consumer.sessionLost();
    }
    // A receiver that got a message goes to the end of the set, and so is visited again.
    for (const consumer of this.#waiting) {
      this.#waiting.delete(consumer);
      if (!consumer.wantsMore) continue;
      const given = this.#give(consumer, nowMs);
      if (given && !consumer.wantsMore) continue;
      this.#waiting.add(consumer);
      if (!given) break;
    }
  }

  #give(consumer: Consumer, nowMs: number): boolean {
    const handedOut = this.#queue.next(consumer.mode, nowMs, consumer.session);
    if (handedOut === undefined) return false;
    consumer.deliver(handedOut);
    return true;
  }
}
