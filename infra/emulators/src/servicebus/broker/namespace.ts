import { parseMessage } from '../codec/message-content.ts';
import { entityNotFound } from '../service-bus-error.ts';
import type { EntityStatus, NamespaceOptions, QueueOptions } from './entity-options.ts';
import { Ingress } from './ingress.ts';
import { noJournal, openJournal, type Journal, type JournalRecord } from './journal.ts';
import { MessageQueue, type QueueContext } from './message-queue.ts';

const DEAD_LETTER_QUEUE = '$DeadLetterQueue';

/** What a path of an entity leads to. */
export interface Entity {
  readonly path: string;
  readonly status: EntityStatus;
  /** Where messages are sent to; undefined when this takes none. */
  readonly ingress: Ingress | undefined;
  /** Where messages are received from; undefined for a topic. */
  readonly queue: MessageQueue | undefined;
}

function keyOf(path: string): string {
  return path.replaceAll(/^\/+|\/+$/g, '').toLowerCase();
}

/** Topics, subscriptions and queues by their paths, in memory and in a journal. */
export class Namespace {
  readonly #entities = new Map<string, Entity>();
  readonly #context: QueueContext;
  #journal: Journal = noJournal;

  /** @param dataFile - a journal to continue; nothing is kept when left out */
  constructor(options: NamespaceOptions, newToken: () => string, dataFile: string | undefined) {
    this.#context = { journal: () => this.#journal, newToken };
    for (const [name, { subscriptions = {}, ...topic }] of Object.entries(options.topics ?? {})) {
      const { defaultMessageTimeToLiveMs: topicTtl, ...ingress } = topic;
      const queues = Object.entries(subscriptions).map(([subscription, queue]) => {
        const ttl = Math.min(topicTtl ?? Infinity, queue.defaultMessageTimeToLiveMs ?? Infinity);
        const own = Number.isFinite(ttl) ? { ...queue, defaultMessageTimeToLiveMs: ttl } : queue;
        return this.#addQueue(`${name}/Subscriptions/${subscription}`, own, undefined);
      });
      this.#addIngress(
        name,
        ingress.status,
        new Ingress(name, ingress, queues, this.#ingress(true)),
      );
    }
    for (const [name, queueOptions] of Object.entries(options.queues ?? {})) {
      this.#addQueue(
        name,
        queueOptions,
        (queue) => new Ingress(name, queueOptions, [queue], this.#ingress(false)),
      );
    }
    if (dataFile !== undefined) {
      this.#journal = openJournal(dataFile, (record) => this.#replay(record));
    }
  }

  /** All entities that can be sent to or received from. */
  get entities(): Iterable<Entity> {
    return this.#entities.values();
  }

  /** The entity at a path, whatever its case. Throws when there is none. */
  entity(path: string): Entity {
    const entity = this.#entities.get(keyOf(path));
    if (entity === undefined) throw entityNotFound(path);
    return entity;
  }

  /** Ends what is over and enqueues what is due, everywhere. */
  advance(nowMs: number): void {
    for (const { ingress, queue } of this.#entities.values()) {
      ingress?.advance(nowMs);
      queue?.advance(nowMs);
    }
  }

  /** Lets go of the journal. */
  close(): void {
    this.#journal.close();
    this.#journal = noJournal;
  }

  #ingress(isTopic: boolean): { readonly isTopic: boolean; readonly journal: () => Journal } {
    return { isTopic, journal: this.#context.journal };
  }

  #addIngress(path: string, status: EntityStatus | undefined, ingress: Ingress): void {
    this.#entities.set(keyOf(path), {
      path,
      status: status ?? 'Active',
      ingress,
      queue: undefined,
    });
  }

  #addQueue(
    path: string,
    options: QueueOptions,
    ingressOf: ((queue: MessageQueue) => Ingress) | undefined,
  ): MessageQueue {
    const { lockDurationMs } = options;
    const deadPath = `${path}/${DEAD_LETTER_QUEUE}`;
    const dead = new MessageQueue(
      deadPath,
      lockDurationMs === undefined ? {} : { lockDurationMs },
      this.#context,
      undefined,
    );
    const queue = new MessageQueue(path, options, this.#context, dead);
    const status = options.status ?? 'Active';
    this.#entities.set(keyOf(path), { path, status, ingress: ingressOf?.(queue), queue });
    this.#entities.set(keyOf(deadPath), {
      path: deadPath,
      status: 'Active',
      ingress: undefined,
      queue: dead,
    });
    return queue;
  }

  #queue(path: string): MessageQueue | undefined {
    return this.#entities.get(keyOf(path))?.queue;
  }

  /** Records of entities that are no more are left out. */
  #replay(record: JournalRecord): void {
    switch (record.op) {
      case 'put':
        this.#replayPut(record);
        break;
      case 'schedule': {
        const [path, sequenceNumber] = record.in;
        const content = parseMessage(Buffer.from(record.message, 'base64'));
        const { atMs, sentAtMs } = record;
        const message = { sequenceNumber, content, atMs, sentAtMs };
        this.#entities.get(keyOf(path))?.ingress?.restoreScheduled(message);
        break;
      }
      case 'unschedule':
        this.#entities.get(keyOf(record.in[0]))?.ingress?.restoreCancelled(record.in[1]);
        break;
      case 'session-state':
        this.#queue(record.queue)?.restoreSessionState(
          record.sessionId,
          record.state === null ? undefined : Buffer.from(record.state, 'base64'),
        );
        break;
      case 'remove':
      case 'failed':
      case 'rewrite':
      case 'defer':
        this.#replayChange(record);
        break;
    }
  }

  #replayPut(record: Extract<JournalRecord, { readonly op: 'put' }>): void {
    const content = parseMessage(Buffer.from(record.message, 'base64'));
    const { atMs, enqueuedSequenceNumber, deliveryCount = 0, from, seenBy } = record;
    if (seenBy !== undefined) {
      this.#entities.get(keyOf(seenBy))?.ingress?.restorePut(record, content);
    } else if (from !== undefined) this.#queue(from[0])?.restoreRemoval(from[1]);
    for (const [path, sequenceNumber] of record.to) {
      const arrival = { content, sequenceNumber, enqueuedSequenceNumber, enqueuedAtMs: atMs };
      this.#queue(path)?.add({ ...arrival, deliveryCount });
    }
  }

  #replayChange(
    record: Extract<JournalRecord, { readonly op: 'remove' | 'failed' | 'rewrite' | 'defer' }>,
  ): void {
    const [path, sequenceNumber] = record.in;
    const queue = this.#queue(path);
    const message = queue?.message(sequenceNumber);
    if (queue === undefined || message === undefined) return;
    if (record.op === 'remove') queue.restoreRemoval(sequenceNumber);
    else if (record.op === 'failed') message.deliveryCount = record.deliveryCount;
    else if (record.op === 'defer') queue.defer(message);
    else message.content = parseMessage(Buffer.from(record.message, 'base64'));
  }
}
