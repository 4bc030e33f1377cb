import { EVENTS_TOPIC } from '@maestro/actors';
import { createMemoryRuntime, type MemoryRuntime } from '@maestro/actors/testing';
import {
  complete,
  defineRecipe,
  next,
  sleep,
  timerAfter,
  type ContinuationRef,
  type GoalFrame,
} from '@maestro/core';
import { EventReader, openDuckDbTables, replay, type WarehouseTables } from '@maestro/warehouse';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { newRef } from './support/sample-log.ts';

const napper = defineRecipe({
  name: 'napper',
  version: 1,
  description: 'Sleeps so many times, and thinks between two naps',
  parameters: z.strictObject({ naps: z.int() }),
  state: z.strictObject({ left: z.int() }),
  start: ({ naps }) => ({ step: 'think', state: { left: naps } }),
  steps: {
    think: {
      run: async ({ parameters }, { left }) =>
        left === 0 ? complete({ naps: parameters.naps, text: 'Zzz… 💤' }) : next('nap'),
    },
    nap: {
      inline: true,
      run: ({ nowMs }, { left }) => sleep(timerAfter(nowMs, 1_000), 'think', { left: left - 1 }),
    },
  },
});

let tables: WarehouseTables;
let runtime: MemoryRuntime;

beforeEach(async () => {
  tables = await openDuckDbTables(':memory:');
  runtime = createMemoryRuntime({ recipes: [napper] });
});
afterEach(() => tables.close());

async function start(ref: ContinuationRef, naps: number): Promise<void> {
  const goal: GoalFrame = {
    objective: 'sleep',
    recipe: 'napper@1',
    sensitivity: 'internal',
    parameters: { naps },
  };
  await runtime.continuations.send(ref, {
    kind: 'spawn',
    goal,
    requestedBy: { subject: 'alice' },
    requestHash: 'a'.repeat(64),
  });
  await runtime.runSteps();
}

async function live(naps: number): Promise<void> {
  for (let round = 0; round <= naps; round++) {
    await runtime.runSteps();
    await runtime.advance(1_000);
    await runtime.idle();
  }
}

const headOf = async (ref: ContinuationRef): Promise<string> =>
  (await runtime.store.readHead(ref)) ?? '';

it('gives the live head byte for byte from what the topic brought, at every moment of a life', async () => {
  const reader = new EventReader(runtime.store, tables);
  runtime.bus.subscribe(EVENTS_TOPIC, ({ data }) => reader.take(data));
  const refs = [newRef(), newRef(), newRef()];
  for (const [index, ref] of refs.entries()) await start(ref, index * 2);
  for (let round = 0; round < 6; round++) {
    await runtime.runSteps();
    await runtime.idle();
    for (const ref of refs) {
      // The tables take their time, and the memory runtime does not wait for them.
      await expect
        .poll(async () => (await replay(tables, ref, await headOf(ref))).outcome)
        .toBe('same');
    }
    await live(0);
  }
  for (const ref of refs) expect(await headOf(ref)).toContain('"status":"completed"');
});

it('leaves events beyond the head aside, and says what is missing before it', async () => {
  const ref = newRef();
  await start(ref, 1);
  const early = await headOf(ref);
  await live(1);
  const late = await headOf(ref);
  const rows = await runtime.store.readRange(ref, 1, 1_000);
  await tables.append(ref, 1, rows.slice(0, -1));
  expect(await replay(tables, ref, early)).toMatchObject({ outcome: 'same' });
  expect(await replay(tables, ref, late)).toEqual({
    outcome: 'behind',
    sequence: rows.length - 1,
    missing: 1,
  });
  expect(await replay(tables, newRef(), late)).toMatchObject({ missing: rows.length });
});

it('says where a head is another one', async () => {
  const ref = newRef();
  await start(ref, 0);
  await tables.append(ref, 1, await runtime.store.readRange(ref, 1, 1_000));
  const head = await headOf(ref);
  const tampered = head.replace(/"artifacts":\d/, '"artifacts":7');
  expect(await replay(tables, ref, tampered)).toMatchObject({
    outcome: 'different',
    atByte: head.indexOf('"artifacts":') + '"artifacts":'.length,
    replayed: head,
  });
  expect(
    await replay(tables, ref, head.replace('"foldVersion":1', '"foldVersion":9')),
  ).toMatchObject({ outcome: 'other-fold', foldVersion: 9 });
  await expect(replay(tables, ref, 'no head')).rejects.toMatchObject({ code: 'log.corrupt' });
});

it('sees a chain that does not hold, and an erased payload', async () => {
  const ref = newRef();
  await start(ref, 0);
  const head = await headOf(ref);
  const rows = await runtime.store.readRange(ref, 1, 1_000);
  const changed = (members: object) => ({
    readRange: async (_ref: ContinuationRef, from: number, limit: number) =>
      rows
        .map((row, index) =>
          index === 1
            ? JSON.stringify({ ...(JSON.parse(row) as Record<string, unknown>), ...members })
            : row,
        )
        .slice(from - 1, from - 1 + limit),
  });
  const broken = await replay(changed({ at: '2020-01-01T00:00:00.000Z' }), ref, head);
  expect(broken).toMatchObject({ outcome: 'broken', fault: { sequence: 2, reason: 'link' } });
  const erased = await replay(changed({ payload: null, salt: null }), ref, head);
  expect(erased).toMatchObject({ outcome: 'erased' });
});
