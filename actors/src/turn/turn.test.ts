import { traceparentOf } from '@maestro/core';
import { expect, it } from 'vitest';
import { readVerified, ref, signalOf, spawnOf, typesIn } from '../testing/drive.ts';
import { createMemoryRuntime } from '../testing/index.ts';
import { asker, napper, ticker } from '../testing/sample-recipes.ts';

const NAP_BEGUN = ['spawn', 'wake', 'step', 'sleep'];
const NAP_OVER = [...NAP_BEGUN, 'wake', 'step', 'publish'];

it('a continuation works, sleeps, wakes by the clock and completes', async () => {
  const runtime = createMemoryRuntime({ recipes: [napper] });
  await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 30_000 }));
  await runtime.advance(29_999);
  expect(await typesIn(runtime.store)).toEqual(NAP_BEGUN);
  await runtime.advance(1);
  expect(await typesIn(runtime.store)).toEqual(NAP_OVER);
  await runtime.advance(60_000);
  expect(runtime.armed()).toEqual([]);
});

it('ticks as often as it should, with a snapshot every hundred events', async () => {
  const runtime = createMemoryRuntime({ recipes: [ticker] });
  await runtime.continuations.send(ref, spawnOf('ticker@1', { n: 120 }));
  await runtime.advance(120_000);
  const { events, state } = await readVerified(runtime.store);
  expect(events.filter(({ type }) => type === 'wake')).toHaveLength(120);
  expect(state.status).toBe('completed');
  const snapshot = await runtime.store.readSnapshot(ref, 300);
  expect(JSON.parse(snapshot ?? '{}')).toMatchObject({ sequence: 300, hash: events[299]?.hash });
});

it('a wait ends with the signal that it waits for, and says what else was pending', async () => {
  const runtime = createMemoryRuntime({ recipes: [asker] });
  await runtime.continuations.send(ref, spawnOf('asker@1'));
  await runtime.continuations.send(ref, signalOf('go', { payload: { x: 1 } }));
  const { events, state } = await readVerified(runtime.store);
  expect(events.at(-3)).toMatchObject({
    type: 'wake',
    payload: {
      cause: { kind: 'human', causeId: 'human:go', signal: 'go' },
      waitId: 4,
      pending: ['timer'],
    },
  });
  expect(state.result?.value).toEqual({ signal: { x: 1 } });
});

it('puts the root trace on every event and the causing span beside it', async () => {
  const runtime = createMemoryRuntime({ recipes: [napper] });
  const traceId = 'b'.repeat(32);
  const traceparent = `00-${traceId}-${'c'.repeat(16)}-01`;
  await runtime.continuations.send(ref, { ...spawnOf('napper@1'), traceparent });
  await runtime.advance(1000);
  const { events } = await readVerified(runtime.store);
  expect(events).toHaveLength(NAP_OVER.length);
  expect(new Set(events.map(({ trace }) => trace.traceId))).toEqual(new Set([traceId]));
  const asleep = events[NAP_BEGUN.length - 1];
  expect(events.map(({ trace }) => trace.cause)).toEqual([
    ...NAP_BEGUN.map(() => traceparent),
    // The wake is caused by the commit that went to sleep.
    ...NAP_OVER.slice(NAP_BEGUN.length).map(() => traceparentOf(traceId, asleep?.commit ?? '')),
  ]);
});

it('fires a wake in the past at once', async () => {
  const runtime = createMemoryRuntime({ recipes: [napper] });
  await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 0 }));
  await runtime.advance(0);
  expect(await typesIn(runtime.store)).toEqual(NAP_OVER);
});

it('says how late a wake was', async () => {
  const runtime = createMemoryRuntime({ recipes: [napper] });
  await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 1000 }));
  await runtime.idle();
  runtime.clock.advance(4_500);
  await runtime.advance(0);
  expect((await readVerified(runtime.store)).state.lastWake).toMatchObject({ lateMs: 3_500 });
  expect(runtime.observability.recorded('maestro_wake_lateness_ms')).toEqual([3_500]);
});
