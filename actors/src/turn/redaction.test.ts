import {
  complete,
  defaultTenantDocument,
  defineRecipe,
  fork,
  JsonValue,
  publish,
  siblingPublish,
  sleep,
  streamItem,
  type ContinuationEvent,
  type MergeSpec,
  type RedactionSettings,
} from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InProcessBus } from '../bus/in-process-bus.ts';
import { logTurns } from '../observability/turn-log.ts';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import {
  createMemoryRuntime,
  MemoryBlobStore,
  MemoryTracing,
  type MemoryRuntime,
  type MemoryRuntimeOptions,
} from '../testing/index.ts';
import { asker, inlineOf, workerOf } from '../testing/sample-recipes.ts';
import type { Command, Reply } from './command.ts';
import { EVENTS_TOPIC } from './effects.ts';

const EMAIL = 'grace.hopper@navy.example.org';
const PHONE = '+49 30 23125 123';
const IBAN = 'DE89 3704 0044 0532 0130 00';
const CARD = '4111 1111 1111 1111';
const SSN = '536-90-4399';
const VALUES = [EMAIL, PHONE, IBAN, CARD, SSN, 'grace.hopper', '23125 1', '4111 1', '536-90'];
const TEXT = `Ask ${EMAIL} or ${PHONE}; pay ${IBAN} by ${CARD} (${SSN})`;
const REDACTED =
  'Ask [redacted:email] or [redacted:phone]; pay [redacted:iban] by [redacted:card] ([redacted:national-id])';

/** Everything that leaves a runtime, as text. */
interface Watched {
  readonly runtime: MemoryRuntime;
  leaks(): readonly string[];
}

function watched(
  recipes: MemoryRuntimeOptions['recipes'],
  more: Partial<MemoryRuntimeOptions> = {},
): Watched {
  const bus = new InProcessBus();
  const tracing = new MemoryTracing();
  const blobs = new MemoryBlobStore();
  const said: string[] = [];
  bus.subscribe(EVENTS_TOPIC, async (message) => {
    said.push(JSON.stringify(message));
  });
  const write = (fields: object, message: string): void => {
    const { err, ...rest } = fields as { err?: Error };
    said.push(JSON.stringify({ ...rest, message, err: `${err?.message} ${err?.stack}` }));
  };
  const runtime = createMemoryRuntime({
    recipes,
    bus,
    tracing,
    blobs,
    log: logTurns({ debug: write, warn: write }),
    ...more,
  });
  return {
    runtime,
    leaks: () => {
      const all = [
        ...runtime.rows.snapshot().values(),
        ...blobs.texts(),
        ...tracing.spans.map((span) => JSON.stringify(span)),
        ...said,
      ].join('\n');
      expect(all.length).toBeGreaterThan(1000);
      return VALUES.filter((value) => all.includes(value));
    },
  };
}

async function settle({ runtime }: Watched): Promise<void> {
  await runtime.advance(5_000);
  await runtime.runSteps();
  await runtime.advance(60_000);
}

function asking(objective: string): Command {
  const command = spawnOf('asker@1');
  Object.assign(command.goal, { objective });
  return command;
}

async function objectiveWith(redaction: RedactionSettings): Promise<string> {
  const { runtime } = watched([asker]);
  await runtime.tenants.put({ ...defaultTenantDocument(ref.tenant), redaction });
  await runtime.continuations.send(ref, asking(`Grace Hopper, ${EMAIL}, ${CARD}`));
  return (await readVerified(runtime.store)).state.goal.objective;
}

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

describe('what cannot do without', () => {
  const strict = defineRecipe({
    name: 'strict',
    version: 1,
    description: 'Wants an address',
    parameters: z.strictObject({ notify: z.email().optional() }),
    state: z.strictObject({ to: z.email().optional() }),
    start: () => ({ step: 'ask', state: {} }),
    steps: {
      ask: {
        inline: true,
        run: () =>
          sleep(
            {
              kind: 'human',
              signal: 'go',
              schema: {
                type: 'object',
                properties: { mail: { type: 'string', format: 'email' } },
                required: ['mail'],
              },
            },
            'end',
          ),
      },
      end: { inline: true, run: () => complete('done', { to: EMAIL }) },
    },
  });

  it('is refused where it is asked for, and not when a step reads it', async () => {
    const world = watched([strict, asker]);
    const { continuations } = world.runtime;
    await expect(
      continuations.send(ref, spawnOf('strict@1', { notify: EMAIL })),
    ).rejects.toMatchObject({
      code: 'recipe.parameters_invalid',
    });
    await continuations.send(ref, spawnOf('strict@1'));
    await expect(
      continuations.send(ref, signalOf('go', { payload: { mail: EMAIL } })),
    ).rejects.toMatchObject({
      code: 'signal.payload_invalid',
    });
    expect(world.leaks()).toEqual([]);
  });

  it('fails the continuation where a step keeps it', async () => {
    const world = watched([inlineOf(() => complete(1)), strict]);
    await world.runtime.tenants.put({
      ...defaultTenantDocument(ref.tenant),
      redaction: { kinds: ['card'], names: [] },
    });
    await world.runtime.continuations.send(ref, spawnOf('strict@1'));
    await world.runtime.continuations.send(ref, signalOf('go', { payload: { mail: EMAIL } }));
    expect((await readVerified(world.runtime.store)).state.recipeState).toEqual({ to: EMAIL });
    const fresh = watched([inlineOf(() => complete(1)), strictEnd]);
    await fresh.runtime.continuations.send(ref, spawnOf('strict-end@1'));
    const { state } = await readVerified(fresh.runtime.store);
    expect(state.failure).toMatchObject({ code: 'step.outcome_invalid' });
    expect(fresh.leaks()).toEqual([]);
  });

  const strictEnd = defineRecipe({
    name: 'strict-end',
    version: 1,
    description: 'Keeps an address',
    parameters: z.strictObject({}),
    state: z.strictObject({ to: z.email().optional() }),
    start: () => ({ step: 'end', state: {} }),
    steps: { end: { inline: true, run: () => complete('done', { to: EMAIL }) } },
  });
});

describe('a request that is repeated', () => {
  it('is the same, and another under its key is not', async () => {
    const { runtime } = watched([asker]);
    const { continuations } = runtime;
    expect(await continuations.send(ref, asking(TEXT))).toMatchObject({ created: true });
    expect(await continuations.send(ref, asking(TEXT))).toMatchObject({ created: false });
    await expect(continuations.send(ref, asking(`Do not ${TEXT}`))).rejects.toMatchObject({
      code: 'idempotency.conflict',
    });
  });
});

describe('the document of the tenant', () => {
  it('switches kinds off, and names on', async () => {
    expect(await objectiveWith({ kinds: ['card'], names: [] })).toBe(
      `Grace Hopper, ${EMAIL}, [redacted:card]`,
    );
    expect(await objectiveWith({ kinds: [], names: ['Grace Hopper'] })).toBe(
      `[redacted:name], [redacted:name]@navy.example.org, ${CARD}`,
    );
    expect(await objectiveWith({ kinds: [], names: [] })).toBe(`Grace Hopper, ${EMAIL}, ${CARD}`);
  });

  it('that cannot be read leaves the default in force', async () => {
    const { runtime } = watched([asker]);
    runtime.rows.tamper('acme:tenant:document', '[]');
    const command = spawnOf('asker@1');
    Object.assign(command.goal, { objective: EMAIL });
    await runtime.continuations.send(ref, command);
    expect((await readVerified(runtime.store)).state.goal.objective).toBe('[redacted:email]');
  });
});
