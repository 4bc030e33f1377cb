import rhea from 'rhea';
import { describe, expect, it } from 'vitest';
import { parseMessage, type MessageContent } from '../codec/message-content.ts';
import type { QueueOptions } from './entity-options.ts';
import type { JournalRecord } from './journal.ts';
import { MessageQueue } from './message-queue.ts';

function content(messageId: string, more: Readonly<Record<string, unknown>> = {}): MessageContent {
  return parseMessage(rhea.message.encode({ message_id: messageId, body: messageId, ...more }));
}

const inSession = (id: string, session: string): MessageContent =>
  content(id, { group_id: session });

class Bench {
  readonly records: JournalRecord[] = [];
  readonly dead: MessageQueue;
  readonly queue: MessageQueue;
  #tokens = 0;

  constructor(options: QueueOptions = {}) {
    const context = {
      journal: () => ({
        append: (record: JournalRecord) => void this.records.push(record),
        close: () => undefined,
      }),
      newToken: () => `token-${(this.#tokens += 1)}`,
    };
    this.dead = new MessageQueue('q/$DeadLetterQueue', {}, context, undefined);
    this.queue = new MessageQueue('q', { lockDurationMs: 100, ...options }, context, this.dead);
  }

  add(nowMs: number, ...contents: readonly MessageContent[]): void {
    for (const one of contents) {
      const sequenceNumber = this.queue.takeSequenceNumber();
      this.queue.add({
        content: one,
        sequenceNumber,
        enqueuedSequenceNumber: sequenceNumber,
        enqueuedAtMs: nowMs,
      });
    }
  }

  /** The id of the next message and the token of its lock. */
  take(nowMs: number): readonly [string | undefined, string] {
    const taken = this.queue.next('lock', nowMs);
    return [taken?.message.content.messageId, taken?.lock?.token ?? ''];
  }
}

describe('MessageQueue', () => {
  it('hands out messages in order, and abandoned ones in their old place', () => {
    const bench = new Bench();
    bench.add(0, content('a'), content('b'), content('c'));
    const [, first] = bench.take(1);
    expect(bench.take(1)[0]).toBe('b');
    bench.queue.settle(first, { outcome: 'abandon' }, 2);
    expect(bench.take(3)[0]).toBe('a');
    expect(bench.take(3)[0]).toBe('c');
    expect(bench.take(3)[0]).toBeUndefined();
  });

  it('ends a lock exactly when it runs out, unless it was renewed', () => {
    const bench = new Bench();
    bench.add(0, content('a'));
    const [, token] = bench.take(0);
    expect(bench.queue.renew(token, 60)).toBe(160);
    expect(bench.take(159)[0]).toBeUndefined();
    const [id, second] = bench.take(160);
    expect(id).toBe('a');
    expect(() => bench.queue.renew(token, 161)).toThrow(/lock supplied is invalid/);
    expect(() => bench.queue.settle(token, { outcome: 'complete' }, 161)).toThrow();
    bench.queue.settle(second, { outcome: 'complete' }, 259);
    expect(() => bench.queue.settle(second, { outcome: 'complete' }, 259)).toThrow();
    expect(bench.queue.peek(0, 10)).toEqual([]);
  });

  it('counts failed deliveries and dead-letters at the limit, with all in the journal', () => {
    const bench = new Bench({ maxDeliveryCount: 2 });
    bench.add(0, content('a'));
    bench.take(0);
    const [, second] = bench.take(100);
    bench.queue.settle(second, { outcome: 'abandon' }, 101);
    expect(bench.take(102)[0]).toBeUndefined();
    expect(bench.dead.next('lock', 102)?.message).toMatchObject({ deliveryCount: 2 });
    expect(bench.records).toMatchObject([
      { op: 'failed', in: ['q', 1], deliveryCount: 1 },
      { op: 'put', from: ['q', 1], to: [['q/$DeadLetterQueue', 1]], deliveryCount: 2 },
    ]);
  });

  it('counts a released message not', () => {
    const bench = new Bench();
    bench.add(0, content('a'));
    bench.queue.settle(bench.take(0)[1], { outcome: 'abandon', uncounted: true }, 1);
    expect(bench.queue.next('lock', 2)?.message.deliveryCount).toBe(0);
  });

  it('lets a message live as long as itself or the queue allows, but not while it is locked', () => {
    const bench = new Bench({ defaultMessageTimeToLiveMs: 50 });
    bench.add(0, content('a', { ttl: 10 }), content('b', { ttl: 1000 }), content('c'));
    expect(bench.take(10)[0]).toBe('b');
    expect(bench.queue.peek(0, 10)).toHaveLength(2);
    bench.queue.advance(50);
    expect(bench.queue.peek(0, 10)).toHaveLength(1);
    bench.queue.advance(110);
    expect(bench.queue.peek(0, 10)).toEqual([]);
  });

  it('gives a session to one receiver at a time, the longest waiting session first', () => {
    const bench = new Bench({ requiresSession: true });
    bench.add(0, inSession('a1', 'A'), inSession('b1', 'B'), inSession('a2', 'A'));
    const a = bench.queue.acceptSession(undefined, 0);
    expect(a?.sessionId).toBe('A');
    expect(() => bench.queue.acceptSession('A', 0)).toThrow(/cannot be accepted/);
    expect(bench.queue.acceptSession(undefined, 0)?.sessionId).toBe('B');
    expect(bench.queue.acceptSession(undefined, 0)).toBeUndefined();
    const first = bench.queue.next('lock', 1, a);
    expect(first?.message.content.messageId).toBe('a1');
    expect(bench.queue.renewSession(a!, 50)).toBe(150);
    expect(bench.queue.renew(first!.lock!.token, 50)).toBe(150);
    bench.queue.advance(150);
    expect(a?.ended).toBe(true);
    expect(() => bench.queue.renewSession(a!, 151)).toThrow(/session lock has expired/);
    expect(bench.queue.next('lock', 151, a)).toBeUndefined();
    const again = bench.queue.acceptSession('A', 151);
    expect(bench.queue.next('lock', 151, again)?.message.deliveryCount).toBe(1);
    bench.queue.closeSession(again!, 152);
    const third = bench.queue.acceptSession('A', 153);
    expect(bench.queue.next('lock', 153, third)?.message.deliveryCount).toBe(1);
  });

  it('does not offer a session whose messages have expired', () => {
    const bench = new Bench({ requiresSession: true });
    bench.add(0, content('a', { group_id: 'A', ttl: 10 }));
    expect(bench.queue.acceptSession(undefined, 10)).toBeUndefined();
  });
});
