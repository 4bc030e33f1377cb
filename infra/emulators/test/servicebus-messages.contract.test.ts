import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  allMessages,
  NEVER_MS,
  nextMessage,
  openServiceBus,
  refusalOf,
  SOON_MS,
  type ServiceBusEndpoint,
} from './servicebus-support/servicebus-endpoint.ts';

const TOO_LARGE_BYTES = 262_145;

describe('messages of a Service Bus namespace', () => {
  let bus: ServiceBusEndpoint;

  beforeAll(async () => {
    const topic = { subscriptions: { one: {}, two: {} } };
    bus = await openServiceBus({
      topics: { fan: topic, alone: {} },
      queues: {
        fields: {},
        bodies: {},
        order: {},
        batch: {},
        large: {},
        'large-batch': {},
        delete: {},
        drain: {},
        peek: {},
        shared: {},
        subscribe: {},
        many: {},
      },
    });
  });

  afterAll(() => bus.close());

  const sender = (entity: string) => bus.client.createSender(bus.name(entity));
  // The SDK can renew locks by itself only of messages that have an id.
  const receiver = (entity: string) =>
    bus.client.createReceiver(bus.name(entity), { maxAutoLockRenewalDurationInMs: 0 });

  it('brings a message with all that its sender set, and with what the broker adds', async () => {
    const before = Date.now() - 60_000;
    const sent = {
      body: { n: 1 },
      messageId: 'the id',
      correlationId: 'the correlation',
      contentType: 'application/json',
      subject: 'the subject',
      to: 'somebody',
      replyTo: 'somewhere',
      replyToSessionId: 'that session',
      sessionId: 'this session',
      partitionKey: 'this session',
      timeToLive: 600_000,
      applicationProperties: { text: 'ä', whole: 7, part: 2.5, yes: true, none: null },
    };
    await sender('fields').sendMessages(sent);
    const got = await nextMessage(receiver('fields'));
    expect(got).toMatchObject(sent);
    expect(got.state).toBe('active');
    expect(got.deliveryCount).toBe(0);
    expect(got.sequenceNumber?.toNumber()).toBeGreaterThan(0);
    expect(got.enqueuedSequenceNumber).toBeGreaterThanOrEqual(0);
    expect(got.lockToken).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(got.enqueuedTimeUtc?.getTime()).toBeGreaterThan(before);
    expect(got.lockedUntilUtc?.getTime()).toBeGreaterThan(got.enqueuedTimeUtc?.getTime() ?? 0);
  });

  it('keeps every kind of body: bytes, values and sequences', async () => {
    const bytes = randomBytes(1000);
    const bodies = [
      { body: bytes, bodyType: 'data' as const },
      { body: 'text', bodyType: 'value' as const },
      { body: [1, 'two'], bodyType: 'sequence' as const },
    ];
    await sender('bodies').sendMessages(bodies);
    const got = await allMessages(
      bus.client.createReceiver(bus.name('bodies'), { receiveMode: 'receiveAndDelete' }),
    );
    expect(got.map(({ _rawAmqpMessage }) => _rawAmqpMessage.bodyType)).toEqual([
      'data',
      'value',
      'sequence',
    ]);
    expect(got[0]?.body).toEqual(bytes);
    expect(got[1]?.body).toBe('text');
  });

  it('gives every subscription of a topic its own copy', async () => {
    await sender('fan').sendMessages({ body: 'for both', messageId: 'f' });
    for (const subscription of ['one', 'two']) {
      const own = bus.client.createReceiver(bus.name('fan'), subscription);
      const message = await nextMessage(own);
      expect(message.body).toBe('for both');
      await own.completeMessage(message);
    }
  });

  it('takes what is sent to a topic that nobody subscribes to', async () => {
    await expect(sender('alone').sendMessages({ body: 'gone' })).resolves.toBeUndefined();
  });

  it('brings messages in the order in which they were sent', async () => {
    const one = sender('order');
    for (let n = 0; n < 20; n += 1) await one.sendMessages({ body: n, messageId: String(n) });
    const got = await allMessages(receiver('order'));
    expect(got.map(({ body }) => body as number)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  it('takes a batch, message by message', async () => {
    const one = sender('batch');
    const batch = await one.createMessageBatch();
    for (let n = 0; n < 100; n += 1) {
      expect(batch.tryAddMessage({ body: n, messageId: `b${n}`, subject: `s${n}` })).toBe(true);
    }
    await one.sendMessages(batch);
    const got = await allMessages(receiver('batch'));
    expect(got.map(({ messageId }) => messageId)).toEqual(
      Array.from({ length: 100 }, (_, n) => `b${n}`),
    );
    expect(got[99]?.subject).toBe('s99');
  });

  it('takes a large message in parts, and refuses one above the limit', async () => {
    const body = randomBytes(200_000);
    await sender('large').sendMessages({ body, messageId: 'large' });
    expect((await nextMessage(receiver('large'))).body).toEqual(body);
    const tooLarge = sender('large').sendMessages({ body: randomBytes(TOO_LARGE_BYTES) });
    expect(await refusalOf(tooLarge)).toMatchObject({ code: 'MessageSizeExceeded' });
  });

  it('lets a batch be as large as a message, and not larger', async () => {
    const one = sender('large-batch');
    const batch = await one.createMessageBatch();
    expect(batch.maxSizeInBytes).toBe(TOO_LARGE_BYTES - 1);
    const body = randomBytes(50_000);
    while (batch.tryAddMessage({ body }));
    expect(batch.count).toBe(5);
    await one.sendMessages(batch);
    expect(await allMessages(receiver('large-batch'))).toHaveLength(5);
  });

  it('goes on after a message that was too large', async () => {
    const one = sender('large');
    await refusalOf(one.sendMessages({ body: randomBytes(TOO_LARGE_BYTES) }));
    await expect(one.sendMessages({ body: 'small' })).resolves.toBeUndefined();
  });

  it('deletes what it hands out, in that mode', async () => {
    await sender('delete').sendMessages({ body: 'once' });
    const own = bus.client.createReceiver(bus.name('delete'), { receiveMode: 'receiveAndDelete' });
    const message = await nextMessage(own);
    expect(message.lockToken).toBeUndefined();
    expect(await own.peekMessages(1)).toEqual([]);
  });

  it('gives no more than was asked for, and keeps the rest for others', async () => {
    await sender('drain').sendMessages([1, 2, 3].map((n) => ({ body: n, messageId: `d${n}` })));
    const own = receiver('drain');
    expect(await own.receiveMessages(2, { maxWaitTimeInMs: SOON_MS })).toHaveLength(2);
    expect((await nextMessage(receiver('drain'))).body).toBe(3);
    // Nothing is left: the credit that is given back must not catch what is sent afterwards.
    expect(await own.receiveMessages(5, { maxWaitTimeInMs: NEVER_MS })).toEqual([]);
    await sender('drain').sendMessages({ body: 4, messageId: 'd4' });
    expect((await nextMessage(receiver('drain'))).body).toBe(4);
  });

  it('peeks without locking, from any number on', async () => {
    await sender('peek').sendMessages([1, 2, 3].map((n) => ({ body: n, messageId: `p${n}` })));
    const own = receiver('peek');
    const first = await own.peekMessages(2);
    expect(first.map(({ body }) => body as number)).toEqual([1, 2]);
    expect(first[0]?.lockToken).toBeUndefined();
    expect((await own.peekMessages(5)).map(({ body }) => body as number)).toEqual([3]);
    expect(await own.peekMessages(5)).toEqual([]);
    const number = first[1]!.sequenceNumber!;
    const again = await own.peekMessages(1, { fromSequenceNumber: number });
    expect(again[0]?.body).toBe(2);
    expect((await nextMessage(own)).body).toBe(1);
    // A locked message is seen as well.
    const fromSequenceNumber = first[0]!.sequenceNumber!;
    expect(await own.peekMessages(5, { fromSequenceNumber })).toHaveLength(3);
  });

  it('shares messages among receivers that compete', async () => {
    const got = [[], []] as string[][];
    const subscriptions = got.map((own) =>
      receiver('shared').subscribe(
        {
          processMessage: async ({ messageId }) => {
            own.push(messageId as string);
          },
          processError: async () => undefined,
        },
        { maxConcurrentCalls: 5 },
      ),
    );
    const one = sender('shared');
    for (let n = 0; n < 40; n += 1) await one.sendMessages({ body: n, messageId: `s${n}` });
    await expect.poll(() => got.flat().length, { timeout: 10_000 }).toBe(40);
    expect(new Set(got.flat()).size).toBe(40);
    for (const own of got) expect(own.length).toBeGreaterThan(0);
    await Promise.all(subscriptions.map((subscription) => subscription.close()));
  });

  it('brings messages to a subscriber as they come, and has them completed', async () => {
    const got: unknown[] = [];
    const own = receiver('subscribe');
    own.subscribe({
      processMessage: async ({ body }) => void got.push(body),
      processError: async () => undefined,
    });
    await sender('subscribe').sendMessages({ body: 'a', messageId: 'a' });
    await expect.poll(() => got, { timeout: 10_000 }).toEqual(['a']);
    await expect.poll(() => receiver('subscribe').peekMessages(1), { timeout: 10_000 }).toEqual([]);
  });

  it('takes and gives a thousand messages, each once', async () => {
    const one = sender('many');
    await Promise.all(
      Array.from({ length: 1000 }, (_, n) => one.sendMessages({ body: n, messageId: `m${n}` })),
    );
    const own = receiver('many');
    const seen = new Set<unknown>();
    while (seen.size < 1000) {
      const some = await own.receiveMessages(200, { maxWaitTimeInMs: SOON_MS });
      if (some.length === 0) break;
      await Promise.all(some.map((message) => own.completeMessage(message)));
      for (const { messageId } of some) seen.add(messageId);
    }
    expect(seen.size).toBe(1000);
    expect(await own.peekMessages(1)).toEqual([]);
  });
});
