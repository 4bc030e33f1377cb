import {
  complete,
  defaultTenantDocument,
  defineRecipe,
  sleep,
  type RedactionSettings,
} from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { asker, inlineOf } from '../testing/sample-recipes.ts';
import { CARD, EMAIL, TEXT, watched } from '../testing/watched-runtime.ts';
import type { Command } from './command.ts';

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
    await runtime.continuations.send(ref, spawnOf('asker@1'));
    runtime.rows.tamper('acme:tenant:document', '[]');
    runtime.clock.advance(1_000);
    await runtime.continuations.send(ref, signalOf('go', { payload: { mail: EMAIL } }));
    const { events } = await readVerified(runtime.store);
    const text = JSON.stringify(events);
    expect(text).toContain('[redacted:email]');
    expect(text).not.toContain(EMAIL);
  });
});
