import rhea from 'rhea';
import { describe, expect, it } from 'vitest';
import { parseMessage, type MessageContent } from '../codec/message-content.ts';
import type { IngressOptions, QueueOptions } from './entity-options.ts';
import { Ingress } from './ingress.ts';
import { noJournal } from './journal.ts';
import { MessageQueue } from './message-queue.ts';

const journal = () => noJournal;

function content(messageId: string, atMs?: number): MessageContent {
  return parseMessage(
    rhea.message.encode({
      message_id: messageId,
      message_annotations:
        atMs === undefined
          ? undefined
          : { 'x-opt-scheduled-enqueue-time': rhea.types.wrap_timestamp(atMs) },
      body: messageId,
    }),
  );
}

function queue(path: string, options: QueueOptions = {}): MessageQueue {
  const context = { journal, newToken: () => 'token' };
  const dead = new MessageQueue(`${path}/$DeadLetterQueue`, {}, context, undefined);
  return new MessageQueue(path, options, context, dead);
}

function topic(queues: readonly MessageQueue[], options: IngressOptions = {}): Ingress {
  return new Ingress('t', options, queues, { isTopic: true, journal });
}

const idsIn = (from: MessageQueue | undefined): (string | undefined)[] =>
  (from?.peek(0, 100) ?? []).map((message) => message.content.messageId);

describe('Ingress', () => {
  it('puts a message into every subscription, each with a number of its own', () => {
    const queues = [queue('one'), queue('two')];
    queues[1]?.takeSequenceNumber();
    topic(queues).send([content('a')], 0);
    const [one, two] = queues.map((each) => each.peek(0, 1)[0]);
    expect([one?.sequenceNumber, two?.sequenceNumber]).toEqual([1, 2]);
    expect([one?.enqueuedSequenceNumber, two?.enqueuedSequenceNumber]).toEqual([1, 1]);
  });

  it('enqueues what is scheduled when it is due, in the order of the instants', () => {
    const one = queue('one');
    const ingress = topic([one]);
    ingress.schedule([content('late', 200), content('early', 100)], 0);
    ingress.send([content('now'), content('past', -5)], 0);
    expect(idsIn(one)).toEqual(['now', 'past']);
    ingress.advance(99);
    expect(idsIn(one)).toEqual(['now', 'past']);
    ingress.advance(500);
    expect(idsIn(one)).toEqual(['now', 'past', 'early', 'late']);
  });

  it('cancels all of a list or nothing', () => {
    const one = queue('one');
    const ingress = topic([one]);
    const numbers = ingress.schedule([content('a', 100), content('b', 100)], 0);
    expect(() => ingress.cancel([...numbers, 99])).toThrow(/99/);
    ingress.cancel(numbers.slice(0, 1));
    ingress.advance(100);
    expect(idsIn(one)).toEqual(['b']);
  });

  it('drops an id that it has seen, also within one batch and for a scheduled message', () => {
    const one = queue('one');
    const options = {
      requiresDuplicateDetection: true,
      duplicateDetectionHistoryTimeWindowMs: 1000,
    };
    const ingress = topic([one], options);
    ingress.send([content('a'), content('a'), content('b')], 0);
    ingress.schedule([content('b', 10)], 1);
    ingress.advance(10);
    ingress.send([content('a')], 999);
    expect(idsIn(one)).toEqual(['a', 'b']);
    ingress.send([content('a')], 1000);
    expect(idsIn(one)).toEqual(['a', 'b', 'a']);
  });

  it('dead-letters a message without a session where one is required', () => {
    const queues = [queue('plain'), queue('sessions', { requiresSession: true })];
    topic(queues).send([content('a')], 0);
    expect(queues.map(idsIn)).toEqual([['a'], []]);
    expect(idsIn(queues[1]?.deadLetter)).toEqual(['a']);
  });
});
