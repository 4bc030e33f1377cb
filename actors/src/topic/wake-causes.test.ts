import {
  complete,
  defineRecipe,
  fork,
  publish,
  readStreamItem,
  siblingPublish,
  sleep,
  streamItem,
  traceparentOf,
  type JsonValue,
} from '@maestro/core';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { readVerified, ref, spawnOf } from '../testing/drive.ts';
import { createMemoryRuntime } from '../testing/index.ts';
import { routeStreams, STREAMS_TOPIC } from './route-streams.ts';

const traceparent = `00-${'d'.repeat(32)}-${'e'.repeat(16)}-01`;

/** Waits for one item of `papers`. */
const reader = defineRecipe({
  name: 'reader',
  version: 1,
  description: 'Waits for an item',
  parameters: z.strictObject({}),
  state: z.strictObject({}),
  start: () => ({ step: 'wait', state: {} }),
  steps: {
    wait: { inline: true, run: () => sleep(streamItem('papers'), 'end') },
    end: { inline: true, run: () => complete('read') },
  },
});

/** Two children: one waits for what the other says. */
const pair = defineRecipe({
  name: 'pair',
  version: 1,
  description: 'A child that waits for another',
  parameters: z.strictObject({}),
  state: z.strictObject({}),
  start: () => ({ step: 'split', state: {} }),
  steps: {
    split: { inline: true, run: () => fork([{ step: 'listen' }, { step: 'speak' }], 'end') },
    listen: { inline: true, run: () => sleep(siblingPublish('word'), 'end') },
    speak: {
      inline: true,
      run: () => publish({ kind: 'note', value: 'hallo', tags: ['word'] }, 'end'),
    },
    end: { inline: true, run: () => complete('done') },
  },
});

it('a wake by an item of a stream is caused by whoever published it', async () => {
  const runtime = createMemoryRuntime({ recipes: [reader] });
  await runtime.continuations.send(ref, spawnOf('reader@1'));
  await runtime.idle();
  const item = readStreamItem({ id: 'a' }, 'papers', runtime.clock.nowMs());
  await runtime.topics.tellTopic(
    { tenant: ref.tenant, kind: 'stream', name: 'papers', shard: 0 },
    {
      kind: 'publish',
      items: [{ id: item.id, item: item as unknown as Record<string, JsonValue> }],
      traceparent,
    },
  );
  await runtime.idle();
  const { events } = await readVerified(runtime.store);
  const woken = events.findLast(({ type }) => type === 'wake');
  expect(woken).toMatchObject({ trace: { cause: traceparent }, payload: { tick: 2 } });
});

it('a message on the topic of streams hands its traceparent on', async () => {
  const runtime = createMemoryRuntime({ recipes: [reader] });
  routeStreams(runtime.bus, runtime.topics);
  await runtime.continuations.send(ref, spawnOf('reader@1'));
  await runtime.idle();
  await runtime.bus.publish(STREAMS_TOPIC, {
    id: 'm1',
    data: { tenant: ref.tenant, stream: 'papers', items: [{ id: 'b' }] },
    traceparent,
  });
  await runtime.idle();
  const { events } = await readVerified(runtime.store);
  expect(events.findLast(({ type }) => type === 'wake')?.trace.cause).toBe(traceparent);
});

it('a sidecar that does not trace says so by zeros, which cause nothing', async () => {
  const runtime = createMemoryRuntime({ recipes: [reader] });
  routeStreams(runtime.bus, runtime.topics);
  await runtime.continuations.send(ref, spawnOf('reader@1'));
  await runtime.idle();
  await runtime.bus.publish(STREAMS_TOPIC, {
    id: 'm2',
    data: { tenant: ref.tenant, stream: 'papers', items: [{ id: 'c' }] },
    traceparent: `00-${'0'.repeat(32)}-${'0'.repeat(16)}-00`,
  });
  await runtime.idle();
  const { events } = await readVerified(runtime.store);
  const asleep = events.find(({ type }) => type === 'sleep');
  expect(events.findLast(({ type }) => type === 'wake')?.trace.cause).toBe(
    traceparentOf(asleep?.trace.traceId ?? '', asleep?.commit ?? ''),
  );
});

it('a wake by a sibling is caused by the commit that published', async () => {
  const runtime = createMemoryRuntime({ recipes: [pair] });
  await runtime.continuations.send(ref, spawnOf('pair@1'));
  for (let round = 0; round < 5; round++) await runtime.idle();
  const { events } = await readVerified(runtime.store);
  const forked = events.find((event) => event.type === 'fork');
  const [listener, speaker] = forked?.type === 'fork' ? forked.payload.children : [];
  const logOf = (id = '') => readVerified(runtime.store, { tenant: ref.tenant, id });
  const said = (await logOf(speaker?.id)).events.find(({ type }) => type === 'publish');
  const heard = (await logOf(listener?.id)).events.findLast(({ type }) => type === 'wake');
  expect(heard?.trace.cause).toBe(traceparentOf(said?.trace.traceId ?? '', said?.commit ?? ''));
  expect(heard?.trace.traceId).not.toBe(said?.trace.traceId);
});
