import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  allMessages,
  NEVER_MS,
  nextMessage,
  openServiceBus,
  refusalOf,
  SHORT_LOCK_MS,
  SHORT_WINDOW_MS,
  SOON_MS,
  type ServiceBusEndpoint,
} from './servicebus-support/servicebus-endpoint.ts';

const LATER_MS = 1200;
const DAY_MS = 86_400_000;
const once = {
  requiresDuplicateDetection: true,
  duplicateDetectionHistoryTimeWindowMs: SHORT_WINDOW_MS,
};

const inMs = (ms: number): Date => new Date(Date.now() + ms);

describe('messages for later, for a while and once', () => {
  let bus: ServiceBusEndpoint;

  beforeAll(async () => {
    bus = await openServiceBus({
      topics: { scheduled: { subscriptions: { one: {}, two: {} } } },
      queues: {
        later: {},
        cancelled: {},
        'cancelled-late': {},
        annotated: {},
        peek: {},
        short: {},
        default: { defaultMessageTimeToLiveMs: 1000 },
        dead: { deadLetteringOnMessageExpiration: true },
        held: { deadLetteringOnMessageExpiration: true, lockDurationMs: SHORT_LOCK_MS },
        once,
        'once-later': once,
      },
    });
  });

  afterAll(() => bus.close());

  const sender = (entity: string) => bus.client.createSender(bus.name(entity));
  const receiver = (entity: string) =>
    bus.client.createReceiver(bus.name(entity), { maxAutoLockRenewalDurationInMs: 0 });

  it('brings a scheduled message when its time has come, not before, to every subscription', async () => {
    const at = inMs(LATER_MS);
    const numbers = await sender('scheduled').scheduleMessages(
      [
        { body: 'a', messageId: 'a' },
        { body: 'b', messageId: 'b' },
      ],
      at,
    );
    expect(new Set(numbers.map(String)).size).toBe(2);
    for (const subscription of ['one', 'two']) {
      const own = bus.client.createReceiver(bus.name('scheduled'), subscription);
      const got = await own.receiveMessages(2, { maxWaitTimeInMs: LATER_MS + SOON_MS });
      expect(Date.now()).toBeGreaterThanOrEqual(at.getTime());
      expect(got.map(({ messageId }) => messageId)).toEqual(['a', 'b']);
    }
  });

  it('gives a scheduled message a new number when it is enqueued', async () => {
    const [number] = await sender('later').scheduleMessages(
      { body: 'a', messageId: 'a' },
      inMs(LATER_MS),
    );
    await sender('later').sendMessages({ body: 'b', messageId: 'b' });
    const own = receiver('later');
    const messages = [await nextMessage(own)];
    messages.push(...(await own.receiveMessages(1, { maxWaitTimeInMs: LATER_MS + SOON_MS })));
    expect(messages.map(({ messageId }) => messageId)).toEqual(['b', 'a']);
    expect(messages[1]?.sequenceNumber?.toNumber()).toBeGreaterThan(number!.toNumber());
  });

  it('shows a scheduled message to who peeks', async () => {
    await sender('peek').scheduleMessages({ body: 'a', messageId: 'a' }, inMs(DAY_MS));
    const [message] = await receiver('peek').peekMessages(1);
    expect(message).toMatchObject({ messageId: 'a', state: 'scheduled' });
  });

  it('schedules what is sent with a time', async () => {
    const at = inMs(LATER_MS);
    await sender('annotated').sendMessages({
      body: 'a',
      messageId: 'a',
      scheduledEnqueueTimeUtc: at,
    });
    const [message] = await receiver('annotated').receiveMessages(1, {
      maxWaitTimeInMs: LATER_MS + SOON_MS,
    });
    expect(message?.messageId).toBe('a');
    expect(Date.now()).toBeGreaterThanOrEqual(at.getTime());
  });

  it('takes scheduled messages back', async () => {
    const own = sender('cancelled');
    const numbers = await own.scheduleMessages(
      ['a', 'b'].map((messageId) => ({ body: messageId, messageId })),
      inMs(LATER_MS),
    );
    await own.cancelScheduledMessages(numbers[0]!);
    const got = await receiver('cancelled').receiveMessages(2, {
      maxWaitTimeInMs: LATER_MS + NEVER_MS,
    });
    expect(got.map(({ messageId }) => messageId)).toEqual(['b']);
  });

  it('refuses to take back what is not scheduled any more', async () => {
    const own = sender('cancelled-late');
    const [number] = await own.scheduleMessages({ body: 'a', messageId: 'a' }, inMs(100));
    await nextMessage(receiver('cancelled-late'));
    expect(await refusalOf(own.cancelScheduledMessages(number!))).toMatchObject({
      code: 'MessageNotFound',
    });
  });

  it('lets a message vanish after its life, and after the longest life of the queue', async () => {
    await sender('short').sendMessages([
      { body: 'a', messageId: 'a', timeToLive: 1000 },
      { body: 'b', messageId: 'b', timeToLive: DAY_MS },
    ]);
    await sender('default').sendMessages({ body: 'c', messageId: 'c', timeToLive: DAY_MS });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await allMessages(receiver('short'))).map(({ messageId }) => messageId)).toEqual(['b']);
    expect(await allMessages(receiver('default'))).toEqual([]);
  });

  it('dead-letters a message after its life where that is wanted', async () => {
    await sender('dead').sendMessages({ body: 'a', messageId: 'a', timeToLive: 1000 });
    await new Promise((resolve) => setTimeout(resolve, 1300));
    expect(await allMessages(receiver('dead'))).toEqual([]);
    const dead = bus.client.createReceiver(bus.name('dead'), { subQueueType: 'deadLetter' });
    expect(await nextMessage(dead)).toMatchObject({
      messageId: 'a',
      deadLetterReason: 'TTLExpiredException',
    });
  });

  it('does not end the life of a message while somebody has it', async () => {
    const lifeMs = Math.max(1, SHORT_LOCK_MS - 200);
    await sender('held').sendMessages({ body: 'a', messageId: 'a', timeToLive: lifeMs });
    const own = receiver('held');
    const message = await nextMessage(own);
    const until = Date.now() + lifeMs + 300;
    while (Date.now() < until) {
      await own.renewMessageLock(message);
      await new Promise((resolve) => setTimeout(resolve, SHORT_LOCK_MS / 4));
    }
    await expect(own.completeMessage(message)).resolves.toBeUndefined();
  });

  it('drops a message whose id was sent within the window, and acknowledges it', async () => {
    const own = sender('once');
    await own.sendMessages({ body: 'first', messageId: 'a' });
    await own.sendMessages({ body: 'second', messageId: 'a' });
    await own.sendMessages([
      { body: 'third', messageId: 'a' },
      { body: 'other', messageId: 'b' },
      { body: 'without an id' },
      { body: 'without an id' },
    ]);
    const bodies = (await allMessages(receiver('once'))).map(({ body }) => body as string);
    expect(bodies).toEqual(['first', 'other', 'without an id', 'without an id']);
    await new Promise((resolve) => setTimeout(resolve, SHORT_WINDOW_MS + 200));
    await own.sendMessages({ body: 'after the window', messageId: 'a' });
    expect((await nextMessage(receiver('once'))).body).toBe('after the window');
  }, 90_000);

  it('knows the id of a message that is scheduled, or was received and completed', async () => {
    const own = sender('once-later');
    await own.scheduleMessages({ body: 'scheduled', messageId: 'a' }, inMs(300));
    await own.sendMessages({ body: 'again', messageId: 'a' });
    const one = receiver('once-later');
    const message = await nextMessage(one);
    expect(message.body).toBe('scheduled');
    await one.completeMessage(message);
    await own.sendMessages({ body: 'too', messageId: 'a' });
    expect(await allMessages(one)).toEqual([]);
  });
});
