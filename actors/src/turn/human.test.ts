import {
  complete,
  defineRecipe,
  humanSignal,
  JsonValue,
  personalData,
  REDACTED,
  sleep,
} from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { createMemoryRuntime } from '../testing/index.ts';
import type { Command } from './command.ts';

/** Asks a reviewer for a score within a minute. */
const asking = defineRecipe({
  name: 'asking',
  version: 1,
  description: 'Asks for a score',
  parameters: z.strictObject({
    topic: z.string().default('cows'),
    contact: personalData(z.string(), 'email').optional(),
  }),
  state: z.strictObject({}),
  start: () => ({ step: 'ask', state: {} }),
  steps: {
    ask: {
      inline: true,
      run: ({ nowMs }) =>
        sleep(
          humanSignal('answer', {
            roles: ['reviewer', 'admin'],
            timeout: new Date(nowMs + 60_000).toISOString(),
            reminders: [
              { at: new Date(nowMs + 30_000).toISOString() },
              { at: new Date(nowMs + 45_000).toISOString(), roles: ['director'] },
            ],
            schema: {
              type: 'object',
              properties: { score: { type: 'integer', minimum: 0, maximum: 10 } },
              required: ['score'],
              additionalProperties: false,
            },
          }),
          'end',
        ),
    },
    end: {
      inline: true,
      run: ({ signal, goal, parameters }) =>
        complete({
          answer: JsonValue.parse(signal?.payload ?? null),
          objective: goal.objective,
          topic: parameters.topic,
        }),
    },
  },
});

async function started(parameters: Record<string, unknown> = {}) {
  const runtime = createMemoryRuntime({ recipes: [asking] });
  await runtime.continuations.send(ref, spawnOf('asking@1', parameters));
  await runtime.idle();
  return runtime;
}

function answered(payload: unknown, roles: readonly string[] = ['reviewer']): Command {
  return { ...signalOf('answer', { payload }), roles: [...roles] };
}

describe('a signal from a person', () => {
  it('is taken from whoever has a role that may give it, with a payload that fits', async () => {
    const runtime = await started();
    await runtime.continuations.send(ref, answered({ score: 7 }));
    const { state, events } = await readVerified(runtime.store);
    expect(state.result?.value).toMatchObject({ answer: { score: 7 } });
    const signal = events.find(({ type }) => type === 'human_signal');
    expect(signal?.payload).toMatchObject({ by: { subject: 'alice' } });
  });

  it.each([
    ['without a role', answered({ score: 7 }, []), 'signal.forbidden'],
    ['with another role', answered({ score: 7 }, ['researcher']), 'signal.forbidden'],
    ['without a payload', { ...signalOf('answer'), roles: ['admin'] }, 'signal.payload_invalid'],
    ['that is out of bounds', answered({ score: 11 }), 'signal.payload_invalid'],
    ['with more than is asked for', answered({ score: 1, more: 1 }), 'signal.payload_invalid'],
  ] as const)('%s is refused and writes nothing', async (_name, command, code) => {
    const runtime = await started();
    const before = runtime.rows.snapshot();
    await expect(runtime.continuations.send(ref, command as Command)).rejects.toMatchObject({
      code,
    });
    expect(runtime.rows.snapshot()).toEqual(before);
  });

  it('that comes after its time is refused, also before the clock has ended the sleep', async () => {
    const runtime = await started();
    runtime.clock.advance(60_000);
    const before = runtime.rows.snapshot();
    await expect(runtime.continuations.send(ref, answered({ score: 7 }))).rejects.toMatchObject({
      code: 'signal.too_late',
    });
    expect(runtime.rows.snapshot()).toEqual(before);
  });
});

describe('reminders', () => {
  it('ask again while nobody answers, and let others answer, too', async () => {
    const runtime = await started();
    const reminders = async (): Promise<readonly unknown[]> =>
      (await readVerified(runtime.store)).events.flatMap((event) =>
        event.type === 'publish' ? [event.payload.artifact.value] : [],
      );
    const early = answered({ score: 5 }, ['director']);
    await runtime.advance(29_000);
    expect(await reminders()).toEqual([]);
    await runtime.advance(2_000);
    expect(await reminders()).toMatchObject([{ signal: 'answer', roles: ['reviewer', 'admin'] }]);
    await expect(runtime.continuations.send(ref, early)).rejects.toMatchObject({
      code: 'signal.forbidden',
    });
    await runtime.advance(15_000);
    expect(await reminders()).toMatchObject([{}, { roles: ['reviewer', 'admin', 'director'] }]);
    await runtime.continuations.send(ref, early);
    const { state } = await readVerified(runtime.store);
    expect(state).toMatchObject({ status: 'completed', tick: 2, artifacts: 3 });
    await runtime.advance(60_000);
    expect(await reminders()).toHaveLength(3);
    expect(runtime.armed()).toEqual([]);
  });

  it('are not published once the time is over', async () => {
    const runtime = await started();
    runtime.clock.advance(60_000);
    await runtime.advance(1_000);
    const { state, events } = await readVerified(runtime.store);
    expect(state.lastWake?.cause).toMatchObject({ kind: 'timeout' });
    expect(events.filter(({ type }) => type === 'publish')).toHaveLength(1);
  });
});

describe('a redirection', () => {
  it('changes the goal from the next step on, and personal data stays out of the log', async () => {
    const runtime = await started();
    const payload = {
      objective: 'something else',
      parameters: { topic: 'goats', contact: 'bob@example.org' },
    };
    await runtime.continuations.send(ref, signalOf('redirect', { payload }));
    await runtime.continuations.send(ref, answered({ score: 1 }));
    const { state } = await readVerified(runtime.store);
    expect(state.result?.value).toMatchObject({ objective: 'something else', topic: 'goats' });
    expect(state.goal.parameters).toEqual({ topic: 'goats', contact: REDACTED });
    expect([...runtime.rows.snapshot().values()].join()).not.toContain('bob@example.org');
  });

  it.each([
    ['names nothing', {}],
    ['names what is no part of a goal', { colour: 'red' }],
    ['changes the recipe', { recipe: 'noop@1' }],
    ['has parameters that do not fit', { parameters: { topic: 1 } }],
  ])('that %s is refused', async (_name, payload) => {
    const runtime = await started();
    const before = runtime.rows.snapshot();
    await expect(
      runtime.continuations.send(ref, signalOf('redirect', { payload })),
    ).rejects.toMatchObject({ code: 'signal.payload_invalid' });
    expect(runtime.rows.snapshot()).toEqual(before);
  });
});
