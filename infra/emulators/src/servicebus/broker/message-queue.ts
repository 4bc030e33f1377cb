import { withApplicationProperties, type MessageContent } from '../codec/message-content.ts';
import { CONDITION, ServiceBusError, sessionLockLost } from '../service-bus-error.ts';
import type { QueueOptions } from './entity-options.ts';
import type { Journal } from './journal.ts';
import { Lanes, NO_SESSION } from './lanes.ts';
import { isSessionLock, LockTable } from './lock-table.ts';
import { MessageStore } from './message-store.ts';
import { MinHeap } from './min-heap.ts';
import type { HandedOut, MessageLock, QueuedMessage, Settlement } from './queued-message.ts';
import type { SessionLock } from './session-lane.ts';

const DEFAULT_LOCK_MS = 60_000;
const DEFAULT_MAX_DELIVERIES = 10;

/** What a queue needs from outside. */
export interface QueueContext {
  readonly journal: () => Journal;
  /** A new lock token, a GUID. */
  readonly newToken: () => string;
}

/** A message to be put into a queue. */
export interface Arrival {
  readonly content: MessageContent;
  readonly sequenceNumber: number;
  readonly enqueuedSequenceNumber: number;
  readonly enqueuedAtMs: number;
  readonly deliveryCount?: number;
}

/**
 * Messages of a queue, a subscription or their dead-letter queue, handed out under locks. Pure: every method takes the
 * instant it happens at. Receiving and settling take O(log n).
 */
export class MessageQueue {
  readonly path: string;
  readonly options: QueueOptions;
  /** Undefined for a queue that is itself one. */
  readonly deadLetter: MessageQueue | undefined;
  /** Told when a message can be received or a session accepted. */
  onReady: (() => void) | undefined;
  readonly #context: QueueContext;
  readonly #messages: MessageStore;
  readonly #locks = new LockTable();
  readonly #lanes: Lanes;
  readonly #lifeEnds = new MinHeap<QueuedMessage>();

  constructor(
    path: string,
    options: QueueOptions,
    context: QueueContext,
    deadLetter: MessageQueue | undefined,
  ) {
    this.path = path;
    this.options = options;
    this.deadLetter = deadLetter;
    this.#context = context;
    this.#messages = new MessageStore(path, context.journal);
    this.#lanes = new Lanes(this.hasSessions);
  }

  /** Whether messages are received session by session. */
  get hasSessions(): boolean {
    return this.options.requiresSession === true;
  }

  get #lockMs(): number {
    return this.options.lockDurationMs ?? DEFAULT_LOCK_MS;
  }

  /** The next sequence number of this queue. */
  takeSequenceNumber(): number {
    return this.#messages.takeNumber();
  }

  /** Puts in a message whose arrival is in the journal already. */
  add(arrival: Arrival): void {
    const { content, sequenceNumber, enqueuedAtMs } = arrival;
    const ttlMs = this.ttlOf(content);
    const message: QueuedMessage = {
      sequenceNumber,
      enqueuedSequenceNumber: arrival.enqueuedSequenceNumber,
      enqueuedAtMs,
      expiresAtMs: ttlMs === undefined ? Number.POSITIVE_INFINITY : enqueuedAtMs + ttlMs,
      content,
      deliveryCount: arrival.deliveryCount ?? 0,
      state: 'ready',
      deferred: false,
      lock: undefined,
    };
    this.#messages.keep(message);
    if (ttlMs !== undefined) this.#lifeEnds.push(message.expiresAtMs, message);
    this.#makeReady(message);
  }

  /** How long a message may live here; undefined when for ever. */
  ttlOf(content: MessageContent): number | undefined {
    if (this.deadLetter === undefined) return undefined;
    const limit = this.options.defaultMessageTimeToLiveMs;
    if (content.ttlMs === undefined || limit === undefined) return content.ttlMs ?? limit;
    return Math.min(content.ttlMs, limit);
  }

  /** Hands out the next message, of a session if the queue has some; undefined when there is none. */
  next(mode: 'lock' | 'delete', nowMs: number, session?: SessionLock): HandedOut | undefined {
    this.advance(nowMs);
    if (session?.ended === true) return undefined;
    const message = this.#lanes.take(session?.sessionId ?? NO_SESSION);
    if (message === undefined) return undefined;
    if (mode === 'delete') return this.#handOutForEver(message);
    return { message, lock: this.#lock(message, nowMs, session) };
  }

  /** Hands out deferred messages by their numbers. Throws when one of them is not there. */
  deferredMessages(
    numbers: readonly number[],
    mode: 'lock' | 'delete',
    nowMs: number,
    session?: SessionLock,
  ): HandedOut[] {
    this.advance(nowMs);
    const messages = numbers.map((number) => {
      const message = this.#messages.get(number);
      const lane = session?.sessionId ?? NO_SESSION;
      if (message?.state === 'deferred' && this.#lanes.nameOf(message) === lane) return message;
      throw new ServiceBusError(
        CONDITION.messageNotFound,
        `Failed to lock one or more specified messages. The message ${number} does not exist or is not deferred.`,
      );
    });
    return messages.map((message) =>
      mode === 'delete'
        ? this.#handOutForEver(message)
        : { message, lock: this.#lock(message, nowMs, session) },
    );
  }

  /** Messages from a number on, whatever their state, without locking them. */
  peek(fromNumber: number, count: number, sessionId?: string): QueuedMessage[] {
    return this.#messages.from(fromNumber, count, sessionId);
  }

  /** Ends a lock. Throws when the lock is over or was used already. */
  settle(token: string, settlement: Settlement, nowMs: number): void {
    this.advance(nowMs);
    const { message } = this.#locks.held(token);
    switch (settlement.outcome) {
      case 'complete':
        this.#messages.remove(message);
        this.#locks.release(message);
        break;
      case 'abandon':
        this.#messages.rewrite(message, settlement.properties);
        this.#locks.release(message);
        this.#giveBack(message, settlement.uncounted !== true, nowMs);
        break;
      case 'defer':
        this.#messages.rewrite(message, settlement.properties);
        this.#messages.recordDeferral(message);
        this.#locks.release(message);
        this.defer(message);
        break;
      case 'deadLetter':
        if (this.deadLetter === undefined) {
          throw new ServiceBusError(
            CONDITION.notAllowed,
            `A message of the dead-letter queue '${this.path}' cannot be dead-lettered.`,
          );
        }
        this.#locks.release(message);
        this.#moveToDeadLetter(message, this.deadLetter, {
          ...settlement.properties,
          ...(settlement.reason !== undefined && { DeadLetterReason: settlement.reason }),
          ...(settlement.description !== undefined && {
            DeadLetterErrorDescription: settlement.description,
          }),
        });
        break;
    }
  }

  /** Lengthens a lock and returns when it ends now. Throws when it is over. */
  renew(token: string, nowMs: number): number {
    this.advance(nowMs);
    const lock = this.#locks.held(token);
    if (lock.session === undefined) lock.untilMs = nowMs + this.#lockMs;
    return this.lockedUntilMs(lock);
  }

  /** When a lock ends. */
  lockedUntilMs(lock: MessageLock): number {
    return lock.session?.untilMs ?? lock.untilMs;
  }

  /** Locks a session by its id, or the next one with messages; undefined when there is none. Throws when it is taken. */
  acceptSession(sessionId: string | undefined, nowMs: number): SessionLock | undefined {
    this.advance(nowMs);
    const id = sessionId ?? this.#lanes.acceptable();
    if (id === undefined) return undefined;
    if (this.#lanes.lockOf(id) !== undefined) {
      throw new ServiceBusError(
        CONDITION.sessionCannotBeLocked,
        `The requested session '${id}' cannot be accepted. It may be locked by another receiver.`,
      );
    }
    const lock: SessionLock = {
      sessionId: id,
      untilMs: nowMs + this.#lockMs,
      ended: false,
      held: new Set(),
    };
    this.#lanes.hold(lock);
    this.#locks.watch(lock);
    return lock;
  }

  /** Lengthens the lock of a session. Throws when it is over. */
  renewSession(lock: SessionLock, nowMs: number): number {
    this.advance(nowMs);
    if (lock.ended) throw sessionLockLost(lock.sessionId);
    lock.untilMs = nowMs + this.#lockMs;
    return lock.untilMs;
  }

  /** Lets go of a session; its messages can be received again, which counts as no failed delivery. */
  closeSession(lock: SessionLock, nowMs: number): void {
    if (!lock.ended) this.#endSession(lock, false, nowMs);
  }

  /** The lock of a session. Throws when nobody has it. */
  sessionLock(sessionId: string, nowMs: number): SessionLock {
    this.advance(nowMs);
    const lock = this.#lanes.lockOf(sessionId);
    if (lock === undefined) throw sessionLockLost(sessionId);
    return lock;
  }

  /** What receivers keep about a session. */
  sessionState(sessionId: string): Buffer | undefined {
    return this.#lanes.stateOf(sessionId);
  }

  /** Keeps something about a session; undefined clears it. */
  setSessionState(sessionId: string, state: Buffer | undefined): void {
    this.#context.journal().append({
      op: 'session-state',
      queue: this.path,
      sessionId,
      state: state?.toString('base64') ?? null,
    });
    this.restoreSessionState(sessionId, state);
  }

  /** The state of a session that is in the journal already. */
  restoreSessionState(sessionId: string, state: Buffer | undefined): void {
    this.#lanes.lane(sessionId).state = state;
  }

  /** Ends the locks and lives that are over. */
  advance(nowMs: number): void {
    for (let lock = this.#locks.nextEnded(nowMs); lock; lock = this.#locks.nextEnded(nowMs)) {
      if (isSessionLock(lock)) this.#endSession(lock, true, nowMs);
      else {
        this.#locks.release(lock.message);
        this.#giveBack(lock.message, true, nowMs);
      }
    }
    for (let over = this.#lifeEnds.popUpTo(nowMs); over; over = this.#lifeEnds.popUpTo(nowMs)) {
      if (over.state !== 'ready') continue;
      this.#lanes.withdraw(over);
      this.#expire(over);
    }
  }

  /** A message by its number, for the journal. */
  message(sequenceNumber: number): QueuedMessage | undefined {
    return this.#messages.get(sequenceNumber);
  }

  /** Takes a message away that the journal says has gone. */
  restoreRemoval(sequenceNumber: number): void {
    const message = this.#messages.get(sequenceNumber);
    if (message === undefined) return;
    this.#lanes.withdraw(message);
    this.#messages.forget(message);
  }

  /** Makes a message receivable by its number only, as the journal says already. */
  defer(message: QueuedMessage): void {
    this.#lanes.withdraw(message);
    message.state = 'deferred';
    message.deferred = true;
  }

  #makeReady(message: QueuedMessage): void {
    this.#lanes.push(message);
    this.onReady?.();
  }

  #lock(message: QueuedMessage, nowMs: number, session: SessionLock | undefined): MessageLock {
    const token = this.#context.newToken();
    return this.#locks.lock(message, token, nowMs + this.#lockMs, session);
  }

  #giveBack(message: QueuedMessage, failed: boolean, nowMs: number): void {
    // A dead-letter queue counts nothing: there is nowhere to go from it.
    if (failed && this.deadLetter !== undefined) {
      message.deliveryCount += 1;
      const limit = this.options.maxDeliveryCount ?? DEFAULT_MAX_DELIVERIES;
      if (message.deliveryCount >= limit) {
        this.#moveToDeadLetter(message, this.deadLetter, {
          DeadLetterReason: 'MaxDeliveryCountExceeded',
          DeadLetterErrorDescription: `Message could not be consumed after ${limit} delivery attempts.`,
        });
        return;
      }
      this.#messages.recordFailure(message);
    }
    if (message.deferred) message.state = 'deferred';
    else if (message.expiresAtMs <= nowMs) this.#expire(message);
    else this.#makeReady(message);
  }

  #expire(message: QueuedMessage): void {
    const { deadLetter } = this;
    if (deadLetter !== undefined && this.options.deadLetteringOnMessageExpiration === true) {
      this.#moveToDeadLetter(message, deadLetter, {
        DeadLetterReason: 'TTLExpiredException',
        DeadLetterErrorDescription: 'The message expired and was dead lettered.',
      });
    } else {
      this.#messages.remove(message);
    }
  }

  #handOutForEver(message: QueuedMessage): HandedOut {
    this.#messages.remove(message);
    return { message, lock: undefined };
  }

  #moveToDeadLetter(
    message: QueuedMessage,
    target: MessageQueue,
    properties: Readonly<Record<string, unknown>>,
  ): void {
    const content = withApplicationProperties(message.content, properties);
    const { deliveryCount, enqueuedSequenceNumber } = message;
    const sequenceNumber = target.takeSequenceNumber();
    this.#messages.moveOut(message, content, [target.path, sequenceNumber]);
    target.add({
      content,
      sequenceNumber,
      enqueuedSequenceNumber,
      enqueuedAtMs: message.enqueuedAtMs,
      deliveryCount,
    });
  }

  #endSession(lock: SessionLock, failed: boolean, nowMs: number): void {
    lock.ended = true;
    this.#lanes.letGo(lock);
    const messages = Array.from(lock.held, ({ message }) => message);
    for (const message of messages) {
      this.#locks.release(message);
      this.#giveBack(message, failed, nowMs);
    }
    this.onReady?.();
  }
}
