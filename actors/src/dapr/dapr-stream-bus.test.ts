import { MaestroError, type BusHandler } from '@maestro/core';
import express from 'express';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { MemoryObservability } from '../testing/memory-observability.ts';
import { DaprStreamBus, type DeadLetter } from './dapr-stream-bus.ts';

/** A bus behind a sidecar that only notes what is published, and the other way round a door for deliveries. */
async function openBus() {
  const published: { readonly topic: string; readonly data: unknown }[] = [];
  const observability = new MemoryObservability();
  const bus = new DaprStreamBus(
    {
      call: async (_method, path, { body }) => {
        const topic = path.split('/').at(-1)?.split('?')[0] ?? '';
        published.push({ topic, data: JSON.parse(String(body)) });
        return { status: 204, text: '' };
      },
    },
    'maestro-pubsub',
    observability,
  );
  const app = express();
  app.use(bus.routes());
  const server = app.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const deliver = async (topic: string, id = 'm1'): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${port}/topics/${topic}`, {
      method: 'POST',
      body: JSON.stringify({ id, data: { n: 1 } }),
    });
    return ((await answer.json()) as { status: string }).status;
  };
  return { bus, published, deliver, observability };
}

const refuses: BusHandler = async () => {
  throw new MaestroError('request.invalid', 'poisoned');
};
const fails: BusHandler = async () => {
  throw new MaestroError('sidecar.unavailable', 'away');
};
const breaks: BusHandler = async () => {
  throw new TypeError('no such member');
};

it('puts what is refused for good aside with the reason, and counts it', async () => {
  const { bus, deliver, published, observability } = await openBus();
  bus.subscribe('t', refuses);
  expect(await deliver('t')).toBe('SUCCESS');
  const [letter] = published;
  expect(letter?.topic).toBe('t-dead-letter');
  expect(letter?.data).toEqual({
    reason: { code: 'request.invalid', message: 'poisoned' },
    message: { id: 'm1', data: { n: 1 } },
  } satisfies DeadLetter);
  expect(observability.counted('maestro_dead_letters_total')).toBe(1);
});

it('lets it come again while another handler may still take it', async () => {
  const { bus, deliver, published } = await openBus();
  let taken = 0;
  let away = true;
  bus.subscribe('t', refuses);
  bus.subscribe('t', async (message) => {
    if (away) return fails(message);
    taken++;
  });
  expect(await deliver('t')).toBe('RETRY');
  expect(published).toEqual([]);
  away = false;
  expect(await deliver('t')).toBe('SUCCESS');
  expect(taken).toBe(1);
  expect(published).toHaveLength(1);
});

it('puts aside what makes a handler fail unexpectedly again and again', async () => {
  const { bus, deliver, published, observability } = await openBus();
  bus.subscribe('t', breaks);
  for (let times = 1; times < 6; times++) expect(await deliver('t')).toBe('RETRY');
  expect(await deliver('t', 'another')).toBe('RETRY');
  expect(await deliver('t')).toBe('SUCCESS');
  expect(published).toHaveLength(1);
  expect(published[0]?.data).toMatchObject({
    reason: { code: 'internal.error', message: expect.stringContaining('no such member') },
  });
  expect(observability.counted('maestro_dead_letters_total')).toBe(1);
});

it('puts nothing aside that comes from a dead-letter topic', async () => {
  const { bus, deliver, published } = await openBus();
  bus.subscribe('t-dead-letter', refuses);
  expect(await deliver('t-dead-letter')).toBe('SUCCESS');
  expect(published).toEqual([]);
});
