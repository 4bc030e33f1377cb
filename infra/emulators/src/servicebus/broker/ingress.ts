import { withApplicationProperties, type MessageContent } from '../codec/message-content.ts';
import { CONDITION, ServiceBusError } from '../service-bus-error.ts';
import { DuplicateDetector } from './duplicate-detector.ts';
import type { EntityStatus, IngressOptions } from './entity-options.ts';
import type { Journal, JournalRecord, Place } from './journal.ts';
import type { MessageQueue } from './message-queue.ts';
import { MinHeap } from './min-heap.ts';

const DEFAULT_WINDOW_MS = 600_000;

interface Scheduled {
  readonly sequenceNumber: number;
  readonly content: MessageContent;
  readonly atMs: number;
  readonly sentAtMs: number;
}

/** A message that is not enqueued yet, as a receiver that peeks sees it. */
export type ScheduledMessage = Readonly<Scheduled>;

type PutRecord = Extract<JournalRecord, { readonly op: 'put' }>;

/** Where messages are sent to: a topic, or a queue. Pure: every method takes the instant it happens at. */
export class Ingress {
  readonly path: string;
  /** The subscriptions of a topic, or the queue itself. */
  readonly targets: readonly MessageQueue[];
  readonly status: EntityStatus;
  readonly #isTopic: boolean;
  readonly #journal: () => Journal;
  readonly #detector: DuplicateDetector | undefined;
  readonly #scheduled = new Map<number, Scheduled>();
  readonly #due = new MinHeap<Scheduled>();
  #lastNumber = 0;

  constructor(
    path: string,
    options: IngressOptions,
    targets: readonly MessageQueue[],
    context: { readonly isTopic: boolean; readonly journal: () => Journal },
  ) {
    this.path = path;
    this.targets = targets;
    this.status = options.status ?? 'Active';
    this.#isTopic = context.isTopic;
    this.#journal = context.journal;
    this.#detector =
      options.requiresDuplicateDetection === true
        ? new DuplicateDetector(options.duplicateDetectionHistoryTimeWindowMs ?? DEFAULT_WINDOW_MS)
        : undefined;
  }

  /** Messages that are not enqueued yet, in the order in which they were scheduled. */
  get scheduled(): Iterable<ScheduledMessage> {
    return this.#scheduled.values();
  }

  /** Takes messages, all or none. When it returns, they survive the end of this process. */
  send(contents: readonly MessageContent[], nowMs: number): void {
    for (const content of contents) this.#check(content);
    for (const content of contents) {
      if (this.#isDuplicate(content, nowMs)) continue;
      if ((content.scheduledAtMs ?? 0) > nowMs) this.#schedule(content, nowMs);
      else this.#put(content, nowMs, undefined);
    }
  }

  /** Takes messages for later and returns the numbers by which they can be cancelled. */
  schedule(contents: readonly MessageContent[], nowMs: number): number[] {
    for (const content of contents) this.#check(content);
    return contents.map((content) =>
      this.#isDuplicate(content, nowMs) ? this.#takeNumber() : this.#schedule(content, nowMs),
    );
  }

  /** Takes scheduled messages back. Throws, and cancels none, when one of them is not scheduled. */
  cancel(numbers: readonly number[]): void {
    for (const number of numbers) {
      if (this.#scheduled.has(number)) continue;
      throw new ServiceBusError(
        CONDITION.messageNotFound,
        `The scheduled message ${number} could not be found.`,
      );
    }
    for (const number of numbers) {
      this.#journal().append({ op: 'unschedule', in: [this.path, number] });
      this.#scheduled.delete(number);
    }
  }

  /** Enqueues the messages that are due. */
  advance(nowMs: number): void {
    for (let due = this.#due.popUpTo(nowMs); due; due = this.#due.popUpTo(nowMs)) {
      if (!this.#scheduled.delete(due.sequenceNumber)) continue;
      this.#put(due.content, nowMs, [this.path, due.sequenceNumber]);
    }
  }

  /** Does what a journal says was done: `put` here concerns only numbers, ids and what was scheduled. */
  restorePut(record: PutRecord, content: MessageContent): void {
    if (record.seenBy !== this.path) return;
    this.#lastNumber = Math.max(this.#lastNumber, record.enqueuedSequenceNumber);
    if (record.from !== undefined) this.#scheduled.delete(record.from[1]);
    else this.#isDuplicate(content, record.atMs);
  }

  /** A message that the journal says was scheduled. */
  restoreScheduled(message: ScheduledMessage): void {
    this.#lastNumber = Math.max(this.#lastNumber, message.sequenceNumber);
    this.#isDuplicate(message.content, message.sentAtMs);
    this.#scheduled.set(message.sequenceNumber, message);
    this.#due.push(message.atMs, message);
  }

  /** A message that the journal says was cancelled. */
  restoreCancelled(sequenceNumber: number): void {
    this.#scheduled.delete(sequenceNumber);
  }

  #check({ sessionId }: MessageContent): void {
    if (this.#isTopic || sessionId !== undefined || this.targets[0]?.hasSessions !== true) return;
    throw new ServiceBusError(
      CONDITION.notAllowed,
      'The SessionId was not set on a message, and it cannot be sent to the entity. Entities that have session support enabled can only receive messages that have the SessionId set to a valid value.',
    );
  }

  #isDuplicate({ messageId }: MessageContent, nowMs: number): boolean {
    if (this.#detector === undefined || messageId === undefined) return false;
    return this.#detector.isDuplicate(messageId, nowMs);
  }

  #takeNumber(): number {
    const [queue] = this.targets;
    if (!this.#isTopic && queue !== undefined) return queue.takeSequenceNumber();
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  #schedule(content: MessageContent, nowMs: number): number {
    const sequenceNumber = this.#takeNumber();
    const atMs = content.scheduledAtMs ?? nowMs;
    const message: Scheduled = { sequenceNumber, content, atMs, sentAtMs: nowMs };
    this.#journal().append({
      op: 'schedule',
      in: [this.path, sequenceNumber],
      atMs,
      sentAtMs: nowMs,
      message: content.encoded.toString('base64'),
    });
    this.#scheduled.set(sequenceNumber, message);
    this.#due.push(atMs, message);
    return sequenceNumber;
  }

  #put(content: MessageContent, nowMs: number, from: Place | undefined): void {
    const refuse = content.sessionId === undefined;
    const takers = this.targets.filter((queue) => !(queue.hasSessions && refuse));
    const refusers = this.targets.filter((queue) => queue.hasSessions && refuse);
    const enqueuedSequenceNumber = this.#isTopic ? this.#takeNumber() : undefined;
    this.#deliver(content, nowMs, takers, enqueuedSequenceNumber, from);
    if (refusers.length === 0) return;
    const dead = withApplicationProperties(content, {
      DeadLetterReason: 'Session ID is null',
      DeadLetterErrorDescription:
        "Session enabled entity doesn't allow a message whose session identifier is null.",
    });
    const queues = refusers.flatMap(({ deadLetter }) => deadLetter ?? []);
    this.#deliver(dead, nowMs, queues, enqueuedSequenceNumber, undefined);
  }

  #deliver(
    content: MessageContent,
    nowMs: number,
    queues: readonly MessageQueue[],
    number: number | undefined,
    from: Place | undefined,
  ): void {
    const places = queues.map((queue) => ({ queue, sequenceNumber: queue.takeSequenceNumber() }));
    const enqueuedSequenceNumber = number ?? places[0]?.sequenceNumber ?? 0;
    this.#journal().append({
      op: 'put',
      atMs: nowMs,
      to: places.map(({ queue, sequenceNumber }) => [queue.path, sequenceNumber]),
      message: content.encoded.toString('base64'),
      enqueuedSequenceNumber,
      seenBy: this.path,
      ...(from && { from }),
    });
    for (const { queue, sequenceNumber } of places) {
      queue.add({ content, sequenceNumber, enqueuedSequenceNumber, enqueuedAtMs: nowMs });
    }
  }
}
