import type { BusMessage, StreamBus } from '@maestro/core';
import { expect, it } from 'vitest';

import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { createMemoryRuntime, MemoryCluster } from '../testing/index.ts';
import { asker, napper, ticker } from '../testing/sample-recipes.ts';
import { EVENTS_TOPIC, type EventsMessage } from './effects.ts';

/** A bus that notes what it gets, and fails while it is told to. */
class NotingBus implements StreamBus {
  readonly messages: BusMessage[] = [];
  failing = false;

  async publish(topic: string, message: BusMessage): Promise<void> {
    expect(topic).toBe(EVENTS_TOPIC);
    if (this.failing) throw new Error('the bus is away');
    this.messages.push(message);
  }

  subscribe(): () => void {
    return () => undefined;
  }

  /** Sequences of all rows that got through, in order of arrival. */
  get sequences(): number[] {
    return this.messages.flatMap(({ data }) => {
      const { from, rows } = data as EventsMessage;
      return rows.map((_, index) => from + index);
    });
  }

  /** The rows that got through. */
  get rows(): string[] {
    return this.messages.flatMap(({ data }) => [...(data as EventsMessage).rows]);
  }
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

it('publishes every row as it is stored, in order and once', async () => {
  const bus = new NotingBus();
  const runtime = createMemoryRuntime({ recipes: [ticker], bus });
  await runtime.continuations.send(ref, spawnOf('ticker@1', { n: 4 }));
  await runtime.advance(10_000);
  const { state } = await readVerified(runtime.store);
  expect(bus.sequences).toEqual(upTo(state.sequence));
  expect(bus.rows).toEqual(await runtime.store.readRange(ref, 1, 1000));
  expect(new Set(bus.messages.map(({ id }) => id)).size).toBe(bus.messages.length);
});

it.each([
  ['small', 'x'.repeat(1_000)],
  ['of many bytes for each character', '\u8111'.repeat(70_000)],
  ['of many characters that are escaped', '"'.repeat(100_000)],
  ['larger than a broker takes', 'x'.repeat(300_000)],
])('keeps every message under the limit of brokers: a payload %s', async (_name, payload) => {
  const bus = new NotingBus();
  const runtime = createMemoryRuntime({ recipes: [asker], bus });
  await runtime.continuations.send(ref, spawnOf('asker@1'));
  await runtime.continuations.send(ref, signalOf('go', { payload }));
  await runtime.advance(40_000);
  const { state } = await readVerified(runtime.store);
  expect(state.status).toBe('completed');
  const messages = bus.messages.map(({ data }) => data as EventsMessage);
  for (const message of messages) {
    expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(200_000);
    if (message.rows.length > 0) expect(message.to).toBe(message.from + message.rows.length - 1);
  }
  // Every event is told of, those without a row too.
  const told = messages.flatMap(({ from, to }) => upTo(to).filter((sequence) => sequence >= from));
  expect(told).toEqual(upTo(state.sequence));
  expect(runtime.armed()).toEqual([]);
});

it('effects that could not be done are done within five seconds, also when nothing else is due', async () => {
  const bus = new NotingBus();
  const runtime = createMemoryRuntime({ recipes: [napper], bus });
  await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 60_000 }));
  await runtime.idle();
  bus.failing = true;
  await runtime.continuations.send(ref, signalOf('kill'));
  await runtime.idle();
  expect(bus.sequences).toEqual(upTo(4));
  expect(runtime.armed().map(({ atMs }) => atMs - runtime.clock.nowMs())).toEqual([5_000]);
  bus.failing = false;
  await runtime.advance(5_000);
  expect(bus.sequences).toEqual(upTo(6));
  expect(runtime.armed()).toEqual([]);
});

it('a bus that is away for long holds up no tick, and gets everything when it is back', async () => {
  const bus = new NotingBus();
  const runtime = createMemoryRuntime({ recipes: [ticker], bus });
  bus.failing = true;
  await runtime.continuations.send(ref, spawnOf('ticker@1', { n: 10 }));
  await runtime.advance(60_000);
  const { state } = await readVerified(runtime.store);
  expect(state.status).toBe('completed');
  expect(state.done).toBe(0);
  expect(bus.sequences).toEqual([]);
  bus.failing = false;
  await runtime.advance(6_000);
  expect([...new Set(bus.sequences)].sort((a, b) => a - b)).toEqual(upTo(state.sequence));
  expect(runtime.armed()).toEqual([]);
});

it('what a dead host left undone is done by its successor, counted as repeated', async () => {
  const bus = new NotingBus();
  const cluster = new MemoryCluster({ recipes: [napper], bus });
  const first = cluster.owner;
  bus.publish = async () => first.kill();
  const spawned = cluster.send(ref, spawnOf('napper@1', { ms: 60_000 }));
  await spawned.catch((error: unknown) => expect(error).toMatchObject({ retryable: true }));
  await cluster.idle();
  expect(first.alive).toBe(false);
  delete (bus as Partial<NotingBus>).publish;
  const second = cluster.takeOver();
  expect(bus.sequences).toEqual([]);
  await cluster.advance(5_000);
  expect(bus.sequences).toEqual(upTo(4));
  expect(second.observability.counted('maestro_effects_repeated_total')).toBe(4);
  await cluster.advance(60_000);
  expect(bus.sequences).toEqual(upTo(7));
  expect((await readVerified(second.store)).state).toMatchObject({ status: 'completed', done: 4 });
});

it('rows that a lagging read lacks are read strongly, and none is skipped', async () => {
  const bus = new NotingBus();
  const cluster = new MemoryCluster({ recipes: [ticker], bus });
  bus.failing = true;
  await cluster.send(ref, spawnOf('ticker@1', { n: 30 }));
  await cluster.advance(20_000);
  cluster.owner.kill();
  const readMany = cluster.rows.readMany.bind(cluster.rows);
  // History lags: of any page only the first three rows have arrived.
  cluster.rows.readMany = async (partition, keys) =>
    (await readMany(partition, keys)).map((row, index) => (index < 3 ? row : undefined));
  bus.failing = false;
  const second = cluster.takeOver();
  await cluster.advance(60_000);
  cluster.rows.readMany = readMany;
  const { state } = await readVerified(second.store);
  expect(state.status).toBe('completed');
  expect([...new Set(bus.sequences)]).toEqual(upTo(state.sequence));
});

it('an effect that failed does not make a caller fail', async () => {
  const bus = new NotingBus();
  bus.failing = true;
  const runtime = createMemoryRuntime({ recipes: [napper], bus });
  expect(await runtime.continuations.send(ref, spawnOf('napper@1'))).toMatchObject({
    created: true,
  });
});
