import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  NEVER_MS,
  nextMessage,
  openServiceBus,
  refusalOf,
  SHORT_LOCK_MS,
  SOON_MS,
  type ServiceBusEndpoint,
} from './servicebus-support/servicebus-endpoint.ts';

const short = { lockDurationMs: SHORT_LOCK_MS };
const lost = { code: 'MessageLockLost' };

describe('locks on messages of a Service Bus namespace', () => {
  let bus: ServiceBusEndpoint;

  beforeAll(async () => {
    bus = await openServiceBus({
      topics: { shared: { subscriptions: { one: {}, two: {} } } },
      queues: {
        complete: {},
        twice: {},
        abandon: {},
        properties: {},
        exceeded: { maxDeliveryCount: 2 },
        'exceeded-by-lock': { ...short, maxDeliveryCount: 1 },
        expired: short,
        'settled-late': short,
        renewed: short,
        'renewed-late': short,
        closed: {},
        dead: {},
        'dead-again': {},
        'dead-many': {},
        deferred: {},
        'deferred-lock': short,
        'deferred-gone': {},
        'deferred-all': {},
      },
    });
  });

  afterAll(() => bus.close());

  const receiver = (entity: string, client = bus.client) =>
    client.createReceiver(bus.name(entity), { maxAutoLockRenewalDurationInMs: 0 });

  const deadLetters = (entity: string) =>
    bus.client.createReceiver(bus.name(entity), {
      subQueueType: 'deadLetter',
      maxAutoLockRenewalDurationInMs: 0,
    });

  const send = (entity: string, ...ids: string[]): Promise<void> =>
    bus.client
      .createSender(bus.name(entity))
      .sendMessages(ids.map((messageId) => ({ body: messageId, messageId })));

  const noMessage = async (own: ReturnType<typeof receiver>): Promise<void> => {
    expect(await own.receiveMessages(1, { maxWaitTimeInMs: NEVER_MS })).toEqual([]);
  };

  it('hides a message while somebody has it, and removes it when it is completed', async () => {
    await send('complete', 'a');
    const own = receiver('complete');
    const message = await nextMessage(own);
    await noMessage(receiver('complete'));
    await own.completeMessage(message);
    expect(await own.peekMessages(1)).toEqual([]);
  });

  it('refuses to complete a message twice', async () => {
    await send('twice', 'a');
    const own = receiver('twice');
    const message = await nextMessage(own);
    await own.completeMessage(message);
    await expect(own.completeMessage(message)).rejects.toThrow(/already settled/);
    // The SDK itself saw that. Another receiver asks the broker.
    const other = bus.newClient();
    await expect(
      refusalOf(receiver('twice', other).renewMessageLock(message)),
    ).resolves.toMatchObject(lost);
  });

  it('settles the copy of one subscription only', async () => {
    await send('shared', 'a');
    const one = bus.client.createReceiver(bus.name('shared'), 'one');
    const two = bus.client.createReceiver(bus.name('shared'), 'two');
    await one.completeMessage(await nextMessage(one));
    expect((await nextMessage(two)).deliveryCount).toBe(0);
  });

  it('brings an abandoned message again at once, before later ones, and counts it', async () => {
    await send('abandon', 'a', 'b');
    const own = receiver('abandon');
    await own.abandonMessage(await nextMessage(own));
    const again = await nextMessage(own);
    expect(again).toMatchObject({ messageId: 'a', deliveryCount: 1 });
    await own.abandonMessage(again);
    expect((await nextMessage(own)).deliveryCount).toBe(2);
  });

  it('sets properties when a message is abandoned', async () => {
    await bus.client.createSender(bus.name('properties')).sendMessages({
      body: 'a',
      messageId: 'a',
      applicationProperties: { kept: 1, changed: 'old' },
    });
    const own = receiver('properties');
    await own.abandonMessage(await nextMessage(own), { changed: 'new', added: true });
    const { applicationProperties } = await nextMessage(own);
    expect(applicationProperties).toEqual({ kept: 1, changed: 'new', added: true });
  });

  it('dead-letters a message whose deliveries failed too often', async () => {
    await send('exceeded', 'a');
    const own = receiver('exceeded');
    await own.abandonMessage(await nextMessage(own));
    await own.abandonMessage(await nextMessage(own));
    await noMessage(own);
    expect(await nextMessage(deadLetters('exceeded'))).toMatchObject({
      messageId: 'a',
      body: 'a',
      deadLetterReason: 'MaxDeliveryCountExceeded',
    });
  });

  it('counts a lock that ran out as a delivery that failed', async () => {
    await send('exceeded-by-lock', 'a');
    await nextMessage(receiver('exceeded-by-lock'));
    await expect
      .poll(async () => (await deadLetters('exceeded-by-lock').peekMessages(1)).length, {
        timeout: SHORT_LOCK_MS * 3,
      })
      .toBe(1);
  });

  it('brings a message again when its lock has run out', async () => {
    await send('expired', 'a');
    const first = await nextMessage(receiver('expired'));
    const again = await nextMessage(receiver('expired', bus.newClient()));
    expect(again).toMatchObject({ messageId: 'a', deliveryCount: 1 });
    expect(again.lockToken).not.toBe(first.lockToken);
    expect(again.sequenceNumber).toEqual(first.sequenceNumber);
  });

  it('refuses every settlement after the lock', async () => {
    await send('settled-late', 'a');
    const own = receiver('settled-late');
    const late = await nextMessage(own);
    const current = await nextMessage(receiver('settled-late', bus.newClient()));
    expect(await refusalOf(own.completeMessage(late))).toMatchObject(lost);
    for (const settle of [
      () => own.abandonMessage(late),
      () => own.deferMessage(late),
      () => own.deadLetterMessage(late),
    ]) {
      expect(await refusalOf(settle())).toBeInstanceOf(Error);
    }
    expect(current.deliveryCount).toBe(1);
  });

  it('keeps a message longer by renewal', async () => {
    await send('renewed', 'a');
    const own = receiver('renewed');
    const message = await nextMessage(own);
    const before = message.lockedUntilUtc?.getTime() ?? 0;
    const until = Date.now() + SHORT_LOCK_MS * 2;
    while (Date.now() < until) {
      const lockedUntil = await own.renewMessageLock(message);
      expect(lockedUntil.getTime()).toBeGreaterThanOrEqual(before);
      await new Promise((resolve) => setTimeout(resolve, SHORT_LOCK_MS / 4));
    }
    await own.completeMessage(message);
    expect(await own.peekMessages(1)).toEqual([]);
  });

  it('does not renew a lock that ran out', async () => {
    await send('renewed-late', 'a');
    const own = receiver('renewed-late');
    const late = await nextMessage(own);
    await nextMessage(receiver('renewed-late', bus.newClient()));
    expect(await refusalOf(own.renewMessageLock(late))).toMatchObject(lost);
  });

  it('keeps the lock of a receiver that is closed, and takes its settlement by the token', async () => {
    await send('closed', 'a');
    const own = receiver('closed');
    const message = await nextMessage(own);
    await own.close();
    const other = receiver('closed');
    await noMessage(other);
    await other.completeMessage(message);
    expect(await other.peekMessages(1)).toEqual([]);
  });

  it('dead-letters a message with reason, description and properties', async () => {
    await send('dead', 'a');
    const own = receiver('dead');
    const message = await nextMessage(own);
    await own.deadLetterMessage(message, {
      deadLetterReason: 'the reason',
      deadLetterErrorDescription: 'the description',
      more: 'yes',
    });
    await noMessage(own);
    const dead = await nextMessage(deadLetters('dead'));
    expect(dead).toMatchObject({
      body: 'a',
      messageId: 'a',
      deadLetterReason: 'the reason',
      deadLetterErrorDescription: 'the description',
    });
    expect(dead.applicationProperties).toMatchObject({ more: 'yes' });
    await deadLetters('dead').completeMessage(dead);
    expect(await deadLetters('dead').peekMessages(1)).toEqual([]);
  });

  it('counts nothing in a dead-letter queue, and dead-letters nothing from it', async () => {
    await send('dead-again', 'a');
    const own = receiver('dead-again');
    await own.deadLetterMessage(await nextMessage(own));
    const dead = deadLetters('dead-again');
    const first = await nextMessage(dead);
    await dead.abandonMessage(first);
    const again = await nextMessage(dead);
    expect(again.deliveryCount).toBe(first.deliveryCount);
    expect(await refusalOf(dead.deadLetterMessage(again))).toBeInstanceOf(Error);
  });

  it('keeps the order of what is dead-lettered', async () => {
    await send('dead-many', 'a', 'b', 'c');
    const own = receiver('dead-many');
    const messages = await own.receiveMessages(3, { maxWaitTimeInMs: SOON_MS });
    for (const message of messages) await own.deadLetterMessage(message);
    const dead = await deadLetters('dead-many').receiveMessages(3, { maxWaitTimeInMs: SOON_MS });
    expect(dead.map(({ messageId }) => messageId)).toEqual(['a', 'b', 'c']);
  });

  it('gives a deferred message only to who knows its number, and settles it by its token', async () => {
    await send('deferred', 'a');
    const own = receiver('deferred');
    const message = await nextMessage(own);
    await own.deferMessage(message, { why: 'later' });
    await noMessage(own);
    expect((await own.peekMessages(1))[0]?.state).toBe('deferred');
    const [again] = await own.receiveDeferredMessages(message.sequenceNumber!);
    expect(again).toMatchObject({ messageId: 'a', applicationProperties: { why: 'later' } });
    await own.completeMessage(again!);
    expect(await refusalOf(own.receiveDeferredMessages(message.sequenceNumber!))).toMatchObject({
      code: 'MessageNotFound',
    });
  });

  it('keeps a message deferred when the lock on it runs out', async () => {
    await send('deferred-lock', 'a');
    const own = receiver('deferred-lock');
    const message = await nextMessage(own);
    await own.deferMessage(message);
    const [held] = await own.receiveDeferredMessages(message.sequenceNumber!);
    await expect
      .poll(
        async () => {
          const found = await own.receiveDeferredMessages(message.sequenceNumber!).catch(() => []);
          return found.length;
        },
        { timeout: SHORT_LOCK_MS * 3 },
      )
      .toBe(1);
    expect(await refusalOf(own.completeMessage(held!))).toMatchObject(lost);
    await noMessage(own);
  });

  it('refuses the number of a message that is not deferred', async () => {
    await send('deferred-gone', 'a');
    const own = receiver('deferred-gone');
    const [message] = await own.peekMessages(1);
    expect(await refusalOf(own.receiveDeferredMessages(message!.sequenceNumber!))).toMatchObject({
      code: 'MessageNotFound',
    });
  });

  it('settles deferred messages in every way', async () => {
    await send('deferred-all', 'a', 'b', 'c');
    const own = receiver('deferred-all');
    const messages = await own.receiveMessages(3, { maxWaitTimeInMs: SOON_MS });
    for (const message of messages) await own.deferMessage(message);
    const numbers = messages.map(({ sequenceNumber }) => sequenceNumber!);
    const [a, b, c] = await own.receiveDeferredMessages(numbers);
    await own.abandonMessage(a!);
    await own.deadLetterMessage(b!, {
      deadLetterReason: 'deferred',
      deadLetterErrorDescription: 'deferred',
    });
    await own.deferMessage(c!);
    expect(await own.receiveDeferredMessages([numbers[0]!, numbers[2]!])).toHaveLength(2);
    expect(await nextMessage(deadLetters('deferred-all'))).toMatchObject({
      messageId: 'b',
      deadLetterReason: 'deferred',
    });
  });
});
