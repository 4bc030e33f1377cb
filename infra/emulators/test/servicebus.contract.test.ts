import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  nextMessage,
  openServiceBus,
  refusalOf,
  withKey,
  withSignature,
  type ServiceBusEndpoint,
} from './servicebus-support/servicebus-endpoint.ts';

const SUBSCRIPTION = 'all';
const HOUR_MS = 3_600_000;

describe('access to a Service Bus namespace', () => {
  let bus: ServiceBusEndpoint;

  beforeAll(async () => {
    bus = await openServiceBus({
      topics: {
        open: { subscriptions: { [SUBSCRIPTION]: {} } },
        other: { subscriptions: { [SUBSCRIPTION]: {} } },
        expiring: { subscriptions: { [SUBSCRIPTION]: {} } },
      },
      queues: {
        disabled: { status: 'Disabled' },
        'receive-only': { status: 'SendDisabled' },
        'send-only': { status: 'ReceiveDisabled' },
      },
    });
  });

  afterAll(() => bus.close());

  const send = (connectionString: string, entity: string): Promise<void> =>
    bus
      .newClient(connectionString)
      .createSender(bus.name(entity))
      .sendMessages({ body: 'a', messageId: 'a' });

  it('lets in who has the key', async () => {
    await send(bus.connectionString, 'open');
    const receiver = bus.client.createReceiver(bus.name('open'), SUBSCRIPTION);
    expect((await nextMessage(receiver)).body).toBe('a');
  });

  it('finds entities whatever the case of their names', async () => {
    const sender = bus.client.createSender(bus.name('open').toUpperCase());
    await expect(sender.sendMessages({ body: 'b' })).resolves.toBeUndefined();
  });

  it('refuses another key', async () => {
    const wrong = withKey(bus.connectionString, 'not-the-key');
    expect(await refusalOf(send(wrong, 'open'))).toMatchObject({ code: 'UnauthorizedAccess' });
  });

  it('refuses a rule that is not there', async () => {
    const wrong = bus.connectionString.replace(
      /SharedAccessKeyName=[^;]*/,
      'SharedAccessKeyName=x',
    );
    expect(await refusalOf(send(wrong, 'open'))).toMatchObject({ code: 'UnauthorizedAccess' });
  });

  it('takes a signature for the entity, and refuses it for another one', async () => {
    const signed = withSignature(bus.connectionString, bus.name('open'), Date.now() + HOUR_MS);
    await send(signed, 'open');
    expect(await refusalOf(send(signed, 'other'))).toMatchObject({ code: 'UnauthorizedAccess' });
  });

  it('refuses a signature that has expired', async () => {
    const expired = withSignature(bus.connectionString, bus.name('open'), Date.now() - HOUR_MS);
    expect(await refusalOf(send(expired, 'open'))).toMatchObject({ code: 'UnauthorizedAccess' });
  });

  it('refuses to send to a topic that is not there', async () => {
    expect(await refusalOf(send(bus.connectionString, 'nowhere'))).toMatchObject({
      code: 'MessagingEntityNotFound',
    });
  });

  it('refuses to receive from a topic or a subscription that is not there', async () => {
    for (const receiver of [
      bus.client.createReceiver(bus.name('nowhere'), SUBSCRIPTION),
      bus.client.createReceiver(bus.name('open'), 'nobody'),
    ]) {
      expect(await refusalOf(receiver.receiveMessages(1, { maxWaitTimeInMs: 5000 }))).toMatchObject(
        { code: 'MessagingEntityNotFound' },
      );
    }
  });

  it('refuses to receive from a topic itself', async () => {
    const receiver = bus.client.createReceiver(bus.name('open'));
    expect(await refusalOf(receiver.receiveMessages(1, { maxWaitTimeInMs: 5000 }))).toBeInstanceOf(
      Error,
    );
  });

  it('refuses what is disabled', async () => {
    const disabled = { code: 'MessagingEntityDisabled' };
    expect(await refusalOf(send(bus.connectionString, 'disabled'))).toMatchObject(disabled);
    expect(await refusalOf(send(bus.connectionString, 'receive-only'))).toMatchObject(disabled);
    await expect(send(bus.connectionString, 'send-only')).resolves.toBeUndefined();
    const receiver = bus.client.createReceiver(bus.name('send-only'));
    expect(await refusalOf(receiver.receiveMessages(1, { maxWaitTimeInMs: 5000 }))).toMatchObject(
      disabled,
    );
  });

  it('ends a link when its signature expires', async () => {
    const signed = withSignature(bus.connectionString, bus.name('expiring'), Date.now() + 2000);
    const receiver = bus.newClient(signed).createReceiver(bus.name('expiring'), SUBSCRIPTION);
    expect(await refusalOf(receiver.receiveMessages(1, { maxWaitTimeInMs: 20_000 }))).toMatchObject(
      { code: 'UnauthorizedAccess' },
    );
  });
});
