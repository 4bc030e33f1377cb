import { complete, defineRecipe, MAX_ROW_BYTES, next, publish } from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { createMemoryRuntime, type MemoryRuntime } from '../testing/index.ts';
import { asker, inlineOf, ticker } from '../testing/sample-recipes.ts';

const MAX_TRANSACTION_BYTES = 1.5 * 1024 * 1024;
const MAX_OPERATIONS = 50;
/** What an item may take in the store with the smallest ones (DynamoDB). */
const MAX_ITEM_BYTES = 400 * 1024;

function big(kilobytes: number): string {
  return 'x'.repeat(kilobytes * 1024);
}

/** Watches every transaction: none may be larger than what all stores take. */
function watchTransactions(runtime: MemoryRuntime): void {
  runtime.rows.fault = (writes) => {
    expect(writes.length).toBeLessThanOrEqual(MAX_OPERATIONS);
    const sizes = writes.map(({ value }) => Buffer.byteLength(value));
    for (const size of sizes) expect(size).toBeLessThan(MAX_ITEM_BYTES);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_TRANSACTION_BYTES);
    return undefined;
  };
}

describe('what an inline step returns after a wake', () => {
  const cases: readonly (readonly [string, () => unknown, string])[] = [
    ['is too large for an event', () => complete(big(2049)), 'event.too_large'],
    [
      'makes the state too large',
      () => ({ ...publish({ kind: 'x', value: big(60) }, 'begin'), state: { text: big(349) } }),
      'event.too_large',
    ],
    ['is no outcome', () => 'done', 'step.outcome_invalid'],
    ['is a promise', () => Promise.resolve(complete(1)), 'step.outcome_invalid'],
    ['is a big integer', () => complete(1n as never), 'step.outcome_invalid'],
    [
      'throws',
      () => {
        throw new Error('no');
      },
      'step.failed',
    ],
  ];
  for (const [what, run, code] of cases) {
    it(`${what}: the continuation fails with ${code}, and no wake is delivered for ever`, async () => {
      const runtime = createMemoryRuntime({ recipes: [inlineOf(run)] });
      await runtime.continuations.send(ref, spawnOf('inline@1'));
      await runtime.advance(60_000);
      const { state, events } = await readVerified(runtime.store);
      expect(state).toMatchObject({ status: 'failed', failure: { code } });
      expect(events.map(({ type }) => type)).toEqual([
        'spawn',
        'wake',
        'step',
        'sleep',
        'wake',
        'error',
      ]);
      expect(runtime.armed()).toEqual([]);
    });
  }
});

it('a state that grows step by step fails the continuation before the head is too large', async () => {
  const grower = defineRecipe({
    name: 'grower',
    version: 1,
    description: 'Grows',
    parameters: z.strictObject({ text: z.string() }),
    state: z.strictObject({ text: z.string() }),
    start: () => ({ step: 'grow', state: { text: '' } }),
    steps: {
      grow: {
        inline: true,
        run: (_context, { text }) => next('grow', { text: text + big(7) }),
      },
    },
  });
  const runtime = createMemoryRuntime({ recipes: [grower] });
  watchTransactions(runtime);
  await runtime.continuations.send(ref, spawnOf('grower@1', { text: big(100) }));
  await runtime.advance(60_000);
  const { state } = await readVerified(runtime.store);
  expect(state).toMatchObject({ status: 'failed', failure: { code: 'event.too_large' } });
  const head = await runtime.store.readHead(ref);
  expect(Buffer.byteLength(head ?? '')).toBeLessThanOrEqual(MAX_ROW_BYTES + 8 * 1024);
});

it('steps with large results are spread over turns that a transaction can hold', async () => {
  const publisher = defineRecipe({
    name: 'publisher',
    version: 1,
    description: 'Publishes large artifacts',
    parameters: z.strictObject({}),
    state: z.strictObject({ left: z.int() }),
    start: () => ({ step: 'act', state: { left: 60 } }),
    steps: {
      act: {
        inline: true,
        run: (_context, { left }) =>
          left === 0
            ? complete(big(60))
            : publish({ kind: 'page', value: big(left % 2 === 0 ? 60 : 1) }, 'act', {
                left: left - 1,
              }),
      },
    },
  });
  const runtime = createMemoryRuntime({ recipes: [publisher] });
  watchTransactions(runtime);
  await runtime.continuations.send(ref, spawnOf('publisher@1'));
  await runtime.advance(1000);
  expect((await readVerified(runtime.store)).state).toMatchObject({
    status: 'completed',
    artifacts: 61,
  });
});

it('a tick with many small steps is spread over turns, and goes on at once', async () => {
  const stepper = defineRecipe({
    name: 'stepper',
    version: 1,
    description: 'Many steps',
    parameters: z.strictObject({}),
    state: z.strictObject({ left: z.int() }),
    start: () => ({ step: 'act', state: { left: 500 } }),
    steps: {
      act: {
        inline: true,
        run: (_context, { left }) =>
          left === 0 ? complete('done') : next('act', { left: left - 1 }),
      },
    },
  });
  const runtime = createMemoryRuntime({ recipes: [stepper] });
  watchTransactions(runtime);
  await runtime.continuations.send(ref, spawnOf('stepper@1'));
  await runtime.advance(0);
  const { state, events } = await readVerified(runtime.store);
  expect(state).toMatchObject({ status: 'completed', steps: 501, tick: 1 });
  expect(new Set(events.map(({ commit }) => commit)).size).toBeGreaterThan(10);
});

it('the largest signal that is taken fits, and so does what follows from it', async () => {
  const runtime = createMemoryRuntime({ recipes: [asker] });
  watchTransactions(runtime);
  await runtime.continuations.send(ref, spawnOf('asker@1'));
  await runtime.continuations.send(ref, signalOf('go', { payload: big(300) }));
  await runtime.advance(1000);
  const { state } = await readVerified(runtime.store);
  // The answer repeats the payload: it is a blob, so that signal and result do not have to share the head.
  expect(state).toMatchObject({ status: 'completed', result: { value: { $blob: {} } } });
  expect(runtime.blobs.size).toBe(1);
});

it('a log of several thousand events stays gapless', async () => {
  const runtime = createMemoryRuntime({ recipes: [ticker] });
  watchTransactions(runtime);
  await runtime.continuations.send(ref, spawnOf('ticker@1', { n: 500 }));
  await runtime.advance(500_000);
  expect((await readVerified(runtime.store)).state).toMatchObject({
    status: 'completed',
    tick: 500,
  });
}, 60_000);
