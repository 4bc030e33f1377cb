import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import rhea, { type Connection, type ConnectionOptions, type EventContext } from 'rhea';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startServiceBusEmulator, type ServiceBusEmulator } from '../src/servicebus/index.ts';
import { isRealNamespace } from './servicebus-support/servicebus-endpoint.ts';

const KEY = 'the key';
const NAME = 'RootManageSharedAccessKey';
const reason = 'a real namespace wants TLS';

async function next(from: NodeJS.EventEmitter, event: string): Promise<EventContext> {
  const [context] = (await once(from, event)) as [EventContext];
  return context;
}

/** What the SDKs do not send, by a client that knows AMQP only. */
describe.skipIf(isRealNamespace)(`links without an SDK (${reason})`, () => {
  let emulator: ServiceBusEmulator;
  const connections: Connection[] = [];

  beforeAll(async () => {
    emulator = await startServiceBusEmulator({ key: KEY, entities: { queues: { q: {}, r: {} } } });
  });

  afterEach(() => {
    for (const connection of connections.splice(0)) connection.close();
  });

  afterAll(() => emulator.stop());

  function connect(options: Partial<ConnectionOptions> = {}): Connection {
    const container = rhea.create_container();
    container.on('disconnected', () => undefined);
    const { host, port } = emulator;
    const all = { host, port, reconnect: false, username: 'anonymous', ...options };
    const connection = container.connect(all);
    connections.push(connection);
    return connection;
  }

  async function putToken(connection: Connection, entity: string): Promise<number> {
    const address = `amqp://${emulator.host}:${emulator.port}/${entity}`;
    const resource = encodeURIComponent(address);
    const expiry = Math.floor(Date.now() / 1000) + 60;
    const signature = createHmac('sha256', KEY).update(`${resource}\n${expiry}`).digest('base64');
    const answers = connection.open_receiver({ source: '$cbs', target: 'me' });
    const requests = connection.open_sender('$cbs');
    await next(requests, 'sendable');
    requests.send({
      message_id: '1',
      reply_to: 'me',
      application_properties: {
        operation: 'put-token',
        type: 'servicebus.windows.net:sastoken',
        name: address,
      },
      body: `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=${NAME}`,
    });
    const { message } = await next(answers, 'message');
    expect(message?.correlation_id).toBe('1');
    return Number(message?.application_properties?.['statusCode']);
  }

  it('refuses a link to an entity before any token', async () => {
    const connection = connect();
    const sender = await next(connection.open_sender('q'), 'sender_error');
    expect(sender.sender?.error).toMatchObject({ condition: 'amqp:unauthorized-access' });
    const receiver = await next(connection.open_receiver('q'), 'receiver_error');
    expect(receiver.receiver?.error).toMatchObject({ condition: 'amqp:unauthorized-access' });
  });

  it('refuses a link to another entity than the token’s', async () => {
    const connection = connect();
    expect(await putToken(connection, 'r')).toBe(202);
    const { sender } = await next(connection.open_sender('q'), 'sender_error');
    expect(sender?.error).toMatchObject({ condition: 'amqp:unauthorized-access' });
  });

  it('takes a name with the key as PLAIN, and refuses another password', async () => {
    const good = connect({ username: NAME, password: KEY });
    await next(good, 'connection_open');
    const bad = connect({ username: NAME, password: 'not the key' });
    const { error } = await next(bad, 'connection_error');
    expect(error).toMatchObject({ condition: 'amqp:unauthorized-access' });
  });

  it('brings a released message again without counting it, and a modified one counted', async () => {
    const connection = connect();
    await putToken(connection, 'q');
    const sender = connection.open_sender('q');
    await next(sender, 'sendable');
    sender.send({ message_id: 'a', body: 'a' });
    await next(sender, 'accepted');
    const receiver = connection.open_receiver({
      source: 'q',
      credit_window: 0,
      autoaccept: false,
      rcv_settle_mode: 1,
    });
    const take = async (): Promise<EventContext> => {
      receiver.add_credit(1);
      return await next(receiver, 'message');
    };
    const first = await take();
    expect(first.message?.delivery_count).toBe(0);
    first.delivery?.release();
    const second = await take();
    expect(second.message?.delivery_count).toBe(0);
    second.delivery?.modified({ delivery_failed: true });
    expect((await take()).message?.delivery_count).toBe(1);
  });

  it('answers with a drained link when there is nothing to give', async () => {
    const connection = connect();
    await putToken(connection, 'r');
    const receiver = connection.open_receiver({ source: 'r', credit_window: 0 });
    receiver.add_credit(5);
    await next(receiver, 'receiver_open');
    receiver.drain_credit();
    const drained = await next(receiver, 'receiver_drained');
    expect((drained.receiver as unknown as { credit: number }).credit).toBe(0);
  });

  it('refuses an operation that it does not know', async () => {
    const connection = connect();
    await putToken(connection, 'r');
    const answers = connection.open_receiver({ source: 'r/$management', target: 'me' });
    const requests = connection.open_sender('r/$management');
    await next(requests, 'sendable');
    requests.send({
      message_id: '2',
      reply_to: 'me',
      application_properties: { operation: 'com.microsoft:add-rule' },
      body: {},
    });
    const { message } = await next(answers, 'message');
    expect(message?.application_properties).toMatchObject({
      statusCode: 501,
      errorCondition: 'amqp:not-implemented',
    });
  });
});
