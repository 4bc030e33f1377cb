import {
  complete,
  defineRecipe,
  fork,
  JsonValue,
  publish,
  siblingPublish,
  sleep,
  streamItem,
  type ContinuationEvent,
  type MergeSpec,
} from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { asker, inlineOf, workerOf } from '../testing/sample-recipes.ts';
import { EMAIL, REDACTED, settle, TEXT, watched } from '../testing/watched-runtime.ts';
import type { Command, Reply } from './command.ts';

const redactionsOf = (events: readonly ContinuationEvent[]): readonly unknown[] =>
  events.map(({ redactions }) => redactions);

describe('no personal data in rows, blobs, messages, spans and log lines', () => {
  it('from the goal of a request, and its recipe starts without it', async () => {
    const seen: unknown[] = [];
    const recipe = defineRecipe({
      name: 'keeper',
      version: 1,
      description: 'Keeps what it is told',
      parameters: z.strictObject({ note: z.string(), deep: JsonValue }),
      state: z.strictObject({ note: z.string(), length: z.int() }),
      start: ({ note }) => ({ step: 'end', state: { note, length: note.length } }),
      steps: {
        end: {
          inline: true,
          run: ({ goal, parameters }, state) => {
            seen.push(goal, parameters, state);
            return complete({ ...state });
          },
        },
      },
    });
    const world = watched([recipe]);
    const command = spawnOf('keeper@1', { note: TEXT, deep: { list: [{ [EMAIL]: TEXT }] } });
    Object.assign(command.goal, {
      objective: TEXT,
      question: TEXT,
      audience: `for ${EMAIL}`,
      tags: [EMAIL, 'sepsis'],
      constraints: { must: [TEXT], mustNot: [TEXT] },
    });
    await world.runtime.continuations.send(ref, command);
    await settle(world);
    const { events, state } = await readVerified(world.runtime.store);
    expect(state.goal.objective).toBe(REDACTED);
    expect(state.goal.tags).toEqual(['[redacted:email]', 'sepsis']);
    expect(state.result?.value).toEqual({ note: REDACTED, length: REDACTED.length });
    expect(events[0]?.redactions).toEqual({
      email: 10,
      phone: 7,
      iban: 7,
      card: 7,
      'national-id': 7,
    });
    expect(JSON.stringify(seen)).not.toContain('grace');
    expect(world.leaks()).toEqual([]);
  });

  it('from signals, whose hash is over what is left', async () => {
    const world = watched([asker]);
    const { runtime } = world;
    await runtime.continuations.send(ref, spawnOf('asker@1'));
    const answer = signalOf('go', { payload: { who: TEXT, phone: '030 23125123' } });
    await runtime.continuations.send(ref, answer);
    expect(await runtime.continuations.send(ref, answer)).toMatchObject({ changed: false });
    await settle(world);
    const { state } = await readVerified(runtime.store);
    expect(state.result?.value).toEqual({ signal: { who: REDACTED, phone: '[redacted:phone]' } });
    expect(world.leaks()).toEqual([]);
  });

  it('from a redirection', async () => {
    const world = watched([asker]);
    await world.runtime.continuations.send(ref, spawnOf('asker@1'));
    await world.runtime.continuations.send(
      ref,
      signalOf('redirect', { payload: { objective: TEXT, constraints: { must: [TEXT] } } }),
    );
    const { state } = await readVerified(world.runtime.store);
    expect(state.goal.objective).toBe(REDACTED);
    expect(world.leaks()).toEqual([]);
  });

  it('from what detached and inline steps return, also where it is too large for an event', async () => {
    const large = { rows: Array.from({ length: 4_000 }, (_, n) => `${n} reads of sample`), TEXT };
    const world = watched([workerOf(async () => complete(large, { seen: TEXT }))]);
    await world.runtime.continuations.send(ref, spawnOf('worker@1'));
    await settle(world);
    const { events, state } = await readVerified(world.runtime.store);
    expect(state.recipeState).toEqual({ seen: REDACTED });
    expect(state.result?.value).toMatchObject({ $blob: {} });
    const one = { email: 1, phone: 1, iban: 1, card: 1, 'national-id': 1 };
    const two = { email: 2, phone: 2, iban: 2, card: 2, 'national-id': 2 };
    expect(redactionsOf(events).slice(-2)).toEqual([two, one]);
    expect(world.leaks()).toEqual([]);
    const inline = watched([inlineOf(() => complete({ text: TEXT }, { seen: [TEXT] }))]);
    await inline.runtime.continuations.send(ref, spawnOf('inline@1'));
    await settle(inline);
    expect((await readVerified(inline.runtime.store)).state.result?.value).toEqual({
      text: REDACTED,
    });
    expect(inline.leaks()).toEqual([]);
  });

  it('from failures, also where a value stands where the message is cut', async () => {
    for (const message of [TEXT, `${'x'.repeat(990)} ${EMAIL}`]) {
      const world = watched([
        workerOf(() => Promise.reject(new Error(message)), { maxAttempts: 2, backoffMs: 1 }),
      ]);
      await world.runtime.continuations.send(ref, spawnOf('worker@1'));
      await settle(world);
      await settle(world);
      const { state } = await readVerified(world.runtime.store);
      expect(state.failure?.message).toContain('[redacte');
      expect(world.leaks()).toEqual([]);
      const inline = watched([
        inlineOf(() => {
          throw new Error(message);
        }),
      ]);
      await inline.runtime.continuations.send(ref, spawnOf('inline@1'));
      await settle(inline);
      expect(inline.leaks()).toEqual([]);
    }
  });

  it('from children, what they publish, and items of streams', async () => {
    const family = defineRecipe({
      name: 'family',
      version: 1,
      description: 'Children that tell each other',
      parameters: z.strictObject({}),
      state: z.looseObject({}),
      start: () => ({ step: 'split', state: {} }),
      steps: {
        split: {
          inline: true,
          run: () =>
            fork(
              [
                { step: 'listen', state: { text: TEXT } },
                { step: 'speak', objective: TEXT, tags: [EMAIL] },
              ],
              'wait',
            ),
        },
        listen: { inline: true, run: () => sleep(siblingPublish('finding'), 'end') },
        speak: {
          inline: true,
          run: () => publish({ kind: 'note', value: TEXT, tags: ['finding'] }, 'end'),
        },
        wait: { inline: true, run: () => sleep(streamItem('journal'), 'end') },
        end: {
          inline: true,
          run: ({ wake, goal }, state) =>
            complete(JsonValue.parse({ item: wake?.item ?? null, state, goal: goal.objective })),
        },
      },
    });
    const world = watched([family]);
    const { runtime } = world;
    await runtime.continuations.send(ref, spawnOf('family@1'));
    await settle(world);
    const item = {
      id: 'n1',
      stream: 'journal',
      at: '2026-01-01T00:00:00.000Z',
      source: EMAIL,
      title: TEXT,
      attributes: { author: EMAIL, n: 1 },
      body: TEXT,
    };
    await runtime.topics.tellTopic(
      { tenant: ref.tenant, kind: 'stream', name: 'journal', shard: 0 },
      { kind: 'publish', items: [{ id: item.id, item }] },
    );
    await settle(world);
    const { state } = await readVerified(runtime.store);
    expect(state.result?.value).toMatchObject({ item: { id: 'n1', title: REDACTED } });
    expect(runtime.rows.snapshot().size).toBeGreaterThan(20);
    expect(world.leaks()).toEqual([]);
  });
});

it('neither from a fork that is asked for, nor from a merge', async () => {
  const world = watched([asker]);
  const { continuations, store } = world.runtime;
  await continuations.send(ref, spawnOf('asker@1'));
  const forking: Command = {
    kind: 'fork',
    requestId: 'f1',
    by: { subject: 'alice' },
    children: [{ objective: TEXT, tags: [EMAIL] }, {}],
  };
  const { children } = await continuations.send<Extract<Reply, { kind: 'forked' }>>(ref, forking);
  expect(await continuations.send(ref, forking)).toMatchObject({ changed: false });
  await settle(world);
  const merged = { tenant: ref.tenant, id: '01J0000000000000000000000M' };
  const merge: MergeSpec = {
    parents: [...children],
    function: 'collect',
    parameters: {},
    need: 2,
    onFailure: 'fail',
  };
  await continuations.send(merged, { ...spawnOf('asker@1'), merge });
  for (const id of children) {
    await continuations.send({ ...ref, id }, signalOf('go', { payload: TEXT }));
  }
  await settle(world);
  const { state } = await readVerified(store, merged);
  expect(JSON.stringify(state.merge?.merged?.value)).toContain(REDACTED);
  expect((await readVerified(store, { ...ref, id: children[0] ?? '' })).state.goal).toMatchObject({
    objective: REDACTED,
    tags: ['[redacted:email]'],
  });
  expect(world.leaks()).toEqual([]);
});
