import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { startServiceBusEmulator, type ServiceBusEmulator } from '../src/servicebus/index.ts';
import {
  startEmulatorProcess,
  type EmulatorProcess,
} from './servicebus-support/emulator-process.ts';
import {
  allMessages,
  connectOnce,
  isRealNamespace,
  NEVER_MS,
  nextMessage,
  refusalOf,
  SOON_MS,
} from './servicebus-support/servicebus-endpoint.ts';

const entities = {
  topics: { topic: { subscriptions: { one: {}, two: { maxDeliveryCount: 2 } } } },
  queues: {
    queue: {},
    sessions: { requiresSession: true },
    once: { requiresDuplicateDetection: true },
  },
};
const manual = { maxAutoLockRenewalDurationInMs: 0 };
const reason = 'a real namespace has no such controls';

describe.skipIf(isRealNamespace)(`the emulator's own controls (${reason})`, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'maestro-servicebus-'));
  const ends: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  afterAll(() => rmSync(dataDir, { recursive: true }));

  async function start(options: Parameters<typeof startServiceBusEmulator>[0] = {}) {
    const emulator = await startServiceBusEmulator({ entities, ...options });
    ends.push(() => emulator.stop());
    return emulator;
  }

  function connect({ connectionString }: Pick<ServiceBusEmulator, 'connectionString'>) {
    const client = connectOnce(connectionString);
    ends.push(() => client.close());
    return client;
  }

  async function spawn(name: string): Promise<EmulatorProcess> {
    const emulator = await startEmulatorProcess(join(dataDir, name), entities);
    ends.push(() => emulator.stop());
    return emulator;
  }

  it('refuses sends and requests as a busy server while it throttles, and nothing after it', async () => {
    const emulator = await start();
    const client = connect(emulator);
    const sender = client.createSender('queue');
    await sender.sendMessages({ body: 'a', messageId: 'a' });
    const receiver = client.createReceiver('queue', manual);
    const message = await nextMessage(receiver);
    emulator.throttle(60_000);
    const busy = { code: 'ServiceBusy' };
    expect(await refusalOf(sender.sendMessages({ body: 'b' }))).toMatchObject(busy);
    expect(await refusalOf(receiver.renewMessageLock(message))).toMatchObject(busy);
    await receiver.completeMessage(message);
    emulator.throttle(0);
    await expect(sender.sendMessages({ body: 'b' })).resolves.toBeUndefined();
  });

  it('takes messages as large as it is told', async () => {
    const sender = connect(await start({ maxMessageBytes: 1000 })).createSender('queue');
    expect(await refusalOf(sender.sendMessages({ body: 'a'.repeat(1000) }))).toMatchObject({
      code: 'MessageSizeExceeded',
    });
    await expect(sender.sendMessages({ body: 'a'.repeat(800) })).resolves.toBeUndefined();
  });

  it('keeps what it holds over a restart: messages, deliveries, dead letters, sessions, ids', async () => {
    const dataFile = join(dataDir, 'restart.jsonl');
    const first = await startServiceBusEmulator({ entities, dataFile });
    const before = connectOnce(first.connectionString);
    const topic = before.createSender('topic');
    await topic.sendMessages(
      ['a', 'b', 'c', 'd'].map((messageId) => ({ body: messageId, messageId })),
    );
    const two = before.createReceiver('topic', 'two', manual);
    const [a, b, c, d] = await two.receiveMessages(4, { maxWaitTimeInMs: SOON_MS });
    await two.completeMessage(a!);
    await two.abandonMessage(b!, { seen: 'once' });
    await two.deadLetterMessage(c!, {
      deadLetterReason: 'bad',
      deadLetterErrorDescription: 'it is',
    });
    await two.deferMessage(d!);
    await before.createSender('once').sendMessages({ body: 'x', messageId: 'x' });
    const queue = before.createSender('queue');
    const numbers = await queue.scheduleMessages(
      ['later', 'cancelled'].map((messageId) => ({ body: messageId, messageId })),
      new Date(Date.now() + 1500),
    );
    await queue.cancelScheduledMessages(numbers[1]!);
    const session = await before.acceptSession('sessions', 'A', manual);
    await session.setSessionState('the state');
    await before.close();
    await first.stop();

    const client = connect(await start({ dataFile }));
    const one = client.createReceiver('topic', 'one', manual);
    expect((await allMessages(one)).map(({ messageId }) => messageId)).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
    const again = client.createReceiver('topic', 'two', manual);
    const left = await allMessages(again);
    expect(left).toMatchObject([
      { messageId: 'b', deliveryCount: 1, applicationProperties: { seen: 'once' } },
    ]);
    expect(left[0]?.sequenceNumber).toEqual(b?.sequenceNumber);
    const [deferred] = await again.receiveDeferredMessages(d!.sequenceNumber!);
    expect(deferred?.messageId).toBe('d');
    const dead = client.createReceiver('topic', 'two', { subQueueType: 'deadLetter' });
    expect(await nextMessage(dead)).toMatchObject({ messageId: 'c', deadLetterReason: 'bad' });
    await client.createSender('once').sendMessages({ body: 'again', messageId: 'x' });
    expect(
      (await allMessages(client.createReceiver('once', manual))).map(({ body }) => body as string),
    ).toEqual(['x']);
    const scheduled = await client
      .createReceiver('queue', manual)
      .receiveMessages(2, { maxWaitTimeInMs: SOON_MS });
    expect(scheduled.map(({ messageId }) => messageId)).toEqual(['later']);
    const reopened = await client.acceptSession('sessions', 'A', manual);
    expect(await reopened.getSessionState()).toBe('the state');
    await client.createSender('topic').sendMessages({ body: 'e', messageId: 'e' });
    const e = await nextMessage(one);
    expect(e.sequenceNumber!.greaterThan(d!.sequenceNumber!)).toBe(true);
  });

  it('forgets a record of which the end was not written', async () => {
    const dataFile = join(dataDir, 'torn.jsonl');
    const first = await startServiceBusEmulator({ entities, dataFile });
    const before = connectOnce(first.connectionString);
    await before.createSender('queue').sendMessages({ body: 'whole', messageId: 'whole' });
    await before.close();
    await first.stop();
    appendFileSync(dataFile, '{"op":"put","atMs":1,"to":[["queue",2]],"message":"AFN');

    const second = await start({ dataFile });
    const client = connect(second);
    await client.createSender('queue').sendMessages({ body: 'later', messageId: 'later' });
    const third = await start({ dataFile });
    const own = connect(third).createReceiver('queue', manual);
    expect((await allMessages(own)).map(({ messageId }) => messageId)).toEqual(['whole', 'later']);
  });

  it('drops its connections when it stops', async () => {
    const emulator = await start();
    const receiver = connect(emulator).createReceiver('queue', manual);
    const waiting = refusalOf(receiver.receiveMessages(1, { maxWaitTimeInMs: 30_000 }));
    await new Promise((resolve) => setTimeout(resolve, NEVER_MS));
    await emulator.stop();
    expect(await waiting).toBeInstanceOf(Error);
  });

  describe('as a process of its own', () => {
    it('loses no acknowledged message when it is killed, and brings none again that was completed', async () => {
      const emulator = await spawn('killed');
      const client = connectOnce(emulator.connectionString, 2000);
      const acknowledged = new Set<string>();
      const completed = new Set<string>();
      const senders = Array.from({ length: 4 }, async (_, sender) => {
        const own = client.createSender('topic');
        for (let n = 0; ; n += 1) {
          const ids = [`${sender}-${n}-a`, `${sender}-${n}-b`];
          await own.sendMessages(ids.map((messageId) => ({ body: messageId, messageId })));
          for (const id of ids) acknowledged.add(id);
          if (acknowledged.size >= 400) await emulator.kill9();
        }
      });
      const stopped = new AbortController();
      const receive = async (): Promise<void> => {
        const own = client.createReceiver('topic', 'one', manual);
        while (!stopped.signal.aborted) {
          const some = await own.receiveMessages(10, { maxWaitTimeInMs: NEVER_MS });
          for (const message of some) {
            await own.completeMessage(message);
            completed.add(String(message.messageId));
          }
        }
      };
      const receiving = receive().catch(() => undefined);
      await Promise.allSettled(senders);
      await emulator.start();
      stopped.abort();
      await receiving;
      await client.close();

      expect(acknowledged.size).toBeGreaterThanOrEqual(400);
      expect(completed.size).toBeGreaterThan(0);
      const again = connect(emulator);
      const idsOf = async (subscription: string): Promise<Set<string>> => {
        const own = again.createReceiver('topic', subscription, {
          receiveMode: 'receiveAndDelete',
        });
        const messages = await allMessages(own);
        return new Set(messages.map(({ messageId }) => String(messageId)));
      };
      const two = await idsOf('two');
      expect([...acknowledged].filter((id) => !two.has(id))).toEqual([]);
      const one = await idsOf('one');
      expect([...acknowledged].filter((id) => !one.has(id) && !completed.has(id))).toEqual([]);
      expect([...completed].filter((id) => one.has(id))).toEqual([]);
    });

    it('ends by itself on SIGTERM', async () => {
      const emulator = await spawn('stopped');
      const { code, forced } = await emulator.process.stop(5000);
      expect({ code, forced }).toEqual({ code: 0, forced: false });
    });
  });
});
