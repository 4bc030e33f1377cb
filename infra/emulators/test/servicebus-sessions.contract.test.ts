import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  allMessages,
  NEVER_MS,
  nextMessage,
  openServiceBus,
  refusalOf,
  SHORT_LOCK_MS,
  SOON_MS,
  type ServiceBusEndpoint,
} from './servicebus-support/servicebus-endpoint.ts';

const sessions = { requiresSession: true };
const short = { ...sessions, lockDurationMs: SHORT_LOCK_MS };
const manual = { maxAutoLockRenewalDurationInMs: 0 };

describe('sessions of a Service Bus namespace', () => {
  let bus: ServiceBusEndpoint;

  beforeAll(async () => {
    bus = await openServiceBus({
      topics: { fan: { subscriptions: { sessions, plain: {} } } },
      queues: {
        order: sessions,
        next: sessions,
        none: sessions,
        taken: sessions,
        state: sessions,
        renewed: short,
        expired: short,
        'expired-count': short,
        'closed-count': sessions,
        refused: sessions,
        plain: {},
        deferred: sessions,
        wait: sessions,
        peek: sessions,
        delete: sessions,
        exceeded: { ...sessions, maxDeliveryCount: 1 },
      },
    });
  });

  afterAll(() => bus.close());

  const send = (entity: string, ...messages: readonly (readonly [string, string])[]) =>
    bus.client
      .createSender(bus.name(entity))
      .sendMessages(
        messages.map(([sessionId, messageId]) => ({ body: messageId, messageId, sessionId })),
      );

  const accept = (entity: string, sessionId: string, client = bus.newClient()) =>
    client.acceptSession(bus.name(entity), sessionId, manual);

  const acceptNext = (entity: string, client = bus.newClient()) =>
    client.acceptNextSession(bus.name(entity), manual);

  it('gives the messages of one session, in their order', async () => {
    await send('order', ['A', '1'], ['B', '2'], ['A', '3'], ['B', '4'], ['A', '5']);
    const a = await accept('order', 'A');
    expect(a.sessionId).toBe('A');
    expect(a.sessionLockedUntilUtc.getTime()).toBeGreaterThan(Date.now());
    const b = await accept('order', 'B');
    expect((await allMessages(a)).map(({ messageId }) => messageId)).toEqual(['1', '3', '5']);
    expect((await allMessages(b)).map(({ messageId }) => messageId)).toEqual(['2', '4']);
  });

  it('brings an abandoned message again before the ones behind it', async () => {
    await send('order', ['C', '1'], ['C', '2']);
    const own = await accept('order', 'C');
    const first = await nextMessage(own);
    await own.abandonMessage(first);
    const again = await nextMessage(own);
    expect(again).toMatchObject({ messageId: '1', deliveryCount: 1 });
    await own.completeMessage(again);
    expect((await nextMessage(own)).messageId).toBe('2');
  });

  it('gives the sessions that nobody has one after the other', async () => {
    await send('next', ['A', '1'], ['B', '2']);
    const ids = [await acceptNext('next'), await acceptNext('next')].map(
      ({ sessionId }) => sessionId,
    );
    expect(ids.sort()).toEqual(['A', 'B']);
  });

  it('tells when there is no session', async () => {
    const client = bus.newClient();
    expect(await refusalOf(acceptNext('none', client))).toMatchObject({ code: 'ServiceTimeout' });
  }, 90_000);

  it('waits for a session', async () => {
    const waiting = acceptNext('wait');
    await new Promise((resolve) => setTimeout(resolve, NEVER_MS));
    await send('wait', ['late', '1']);
    const own = await waiting;
    expect(own.sessionId).toBe('late');
    expect((await nextMessage(own)).messageId).toBe('1');
  });

  it('refuses a session that somebody has, until it is closed', async () => {
    await send('taken', ['A', '1']);
    const own = await accept('taken', 'A');
    expect(await refusalOf(accept('taken', 'A'))).toMatchObject({
      code: 'SessionCannotBeLocked',
    });
    await own.close();
    await expect
      .poll(
        () =>
          accept('taken', 'A').then(
            ({ sessionId }) => sessionId,
            () => '',
          ),
        {
          timeout: SOON_MS,
        },
      )
      .toBe('A');
  });

  it('keeps what is set about a session, also when it has no messages', async () => {
    const own = await accept('state', 'empty');
    expect(await own.getSessionState()).toBeFalsy();
    await own.setSessionState({ step: 1 });
    expect(await own.getSessionState()).toEqual({ step: 1 });
    await own.close();
    const again = await accept('state', 'empty');
    expect(await again.getSessionState()).toEqual({ step: 1 });
    await again.setSessionState(null);
    expect(await again.getSessionState()).toBeFalsy();
  });

  it('keeps a session longer by renewal', async () => {
    await send('renewed', ['A', '1']);
    const own = await accept('renewed', 'A');
    const message = await nextMessage(own);
    const until = Date.now() + SHORT_LOCK_MS * 2;
    while (Date.now() < until) {
      expect((await own.renewSessionLock()).getTime()).toBeGreaterThan(Date.now());
      await new Promise((resolve) => setTimeout(resolve, SHORT_LOCK_MS / 4));
    }
    await own.completeMessage(message);
    expect(await own.peekMessages(1)).toEqual([]);
  });

  it('takes a session away when its lock has run out, and refuses what its receiver does then', async () => {
    await send('expired', ['A', '1']);
    const own = await accept('expired', 'A');
    const message = await nextMessage(own);
    const next = await acceptNext('expired');
    expect(next.sessionId).toBe('A');
    // A settlement that crosses the end of the link is one of which the SDK hears nothing for a minute.
    await expect.poll(() => own.isClosed, { timeout: SOON_MS }).toBe(true);
    const lost = { code: 'SessionLockLost' };
    expect(await refusalOf(own.completeMessage(message))).toMatchObject(lost);
    expect(await refusalOf(own.renewSessionLock())).toBeInstanceOf(Error);
    expect(await refusalOf(own.getSessionState())).toBeInstanceOf(Error);
    expect((await nextMessage(next)).messageId).toBe('1');
  });

  it('counts a delivery when a session’s lock ran out', async () => {
    await send('expired-count', ['A', '1']);
    await nextMessage(await accept('expired-count', 'A'));
    const again = await acceptNext('expired-count');
    expect((await nextMessage(again)).deliveryCount).toBe(1);
  });

  it('counts no delivery when a session is closed with messages unsettled', async () => {
    await send('closed-count', ['A', '1']);
    const own = await accept('closed-count', 'A');
    await nextMessage(own);
    await own.close();
    const again = await acceptNext('closed-count');
    expect((await nextMessage(again)).deliveryCount).toBe(0);
  });

  it('refuses a message without a session where sessions are required', async () => {
    const sender = bus.client.createSender(bus.name('refused'));
    expect(await refusalOf(sender.sendMessages({ body: 'a' }))).toBeInstanceOf(Error);
    await expect(sender.sendMessages({ body: 'a', sessionId: 'A' })).resolves.toBeUndefined();
  });

  it('dead-letters a message without a session in the subscriptions that require one', async () => {
    await bus.client.createSender(bus.name('fan')).sendMessages({ body: 'a', messageId: 'a' });
    const plain = bus.client.createReceiver(bus.name('fan'), 'plain');
    expect((await nextMessage(plain)).messageId).toBe('a');
    const dead = bus.client.createReceiver(bus.name('fan'), 'sessions', {
      subQueueType: 'deadLetter',
    });
    expect(await nextMessage(dead)).toMatchObject({
      messageId: 'a',
      deadLetterReason: 'Session ID is null',
    });
  });

  it('refuses a receiver without a session where sessions are required, and the reverse', async () => {
    const without = bus.newClient().createReceiver(bus.name('order'));
    expect(await refusalOf(without.receiveMessages(1, { maxWaitTimeInMs: 5000 }))).toBeInstanceOf(
      Error,
    );
    expect(await refusalOf(accept('plain', 'A'))).toBeInstanceOf(Error);
  });

  it('gives deferred messages of the session only', async () => {
    await send('deferred', ['A', '1'], ['B', '2']);
    const a = await accept('deferred', 'A');
    const message = await nextMessage(a);
    await a.deferMessage(message);
    const b = await accept('deferred', 'B');
    expect(await refusalOf(b.receiveDeferredMessages(message.sequenceNumber!))).toMatchObject({
      code: 'MessageNotFound',
    });
    const [again] = await a.receiveDeferredMessages(message.sequenceNumber!);
    await a.completeMessage(again!);
    expect(await a.peekMessages(1)).toEqual([]);
  });

  it('peeks at the messages of the session only', async () => {
    await send('peek', ['A', '1'], ['B', '2'], ['A', '3']);
    const own = await accept('peek', 'A');
    expect((await own.peekMessages(5)).map(({ messageId }) => messageId)).toEqual(['1', '3']);
  });

  it('deletes what it hands out of a session, in that mode', async () => {
    await send('delete', ['A', '1']);
    const own = await bus
      .newClient()
      .acceptSession(bus.name('delete'), 'A', { ...manual, receiveMode: 'receiveAndDelete' });
    await nextMessage(own);
    expect(await own.peekMessages(1)).toEqual([]);
  });

  it('dead-letters a message of a session whose deliveries failed too often, and goes on', async () => {
    await send('exceeded', ['A', '1'], ['A', '2']);
    const own = await accept('exceeded', 'A');
    await own.abandonMessage(await nextMessage(own));
    expect((await nextMessage(own)).messageId).toBe('2');
    const dead = bus.client.createReceiver(bus.name('exceeded'), { subQueueType: 'deadLetter' });
    expect(await nextMessage(dead)).toMatchObject({ messageId: '1', sessionId: 'A' });
  });
});
