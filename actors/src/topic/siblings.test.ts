import {
  complete,
  defineRecipe,
  fork,
  JsonValue,
  publish,
  siblingPublish,
  SiblingScope,
  sleep,
} from '@maestro/core';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { readVerified, ref, spawnOf } from '../testing/drive.ts';
import { createMemoryRuntime } from '../testing/index.ts';

/** Makes two children: one waits for what the other publishes. */
const family = defineRecipe({
  name: 'family',
  version: 1,
  description: 'A child that waits for another',
  parameters: z.strictObject({}),
  state: z.strictObject({}),
  start: () => ({ step: 'split', state: {} }),
  steps: {
    split: { inline: true, run: () => fork([{ step: 'listen' }, { step: 'speak' }], 'end') },
    listen: {
      inline: true,
      run: () => sleep(siblingPublish('finding', { predicate: 'item.value.good' }), 'heard'),
    },
    heard: {
      inline: true,
      run: ({ wake }) => complete(z.record(z.string(), JsonValue).parse(wake?.item)),
    },
    speak: {
      inline: true,
      run: () =>
        publish(
          { kind: 'note', value: { good: false }, tags: ['finding'], within: 'tenant' },
          'again',
        ),
    },
    again: {
      inline: true,
      run: () =>
        publish(
          { kind: 'note', value: { good: true }, tags: ['finding'], within: 'tenant' },
          'end',
        ),
    },
    end: { inline: true, run: () => complete('done') },
  },
});

/** Hears two findings of anybody of its tenant. */
const neighbour = defineRecipe({
  name: 'neighbour',
  version: 1,
  description: 'Waits for what others of its tenant say',
  parameters: z.strictObject({ within: SiblingScope }),
  state: z.strictObject({ heard: z.array(z.boolean()) }),
  start: () => ({ step: 'listen', state: { heard: [] } }),
  steps: {
    listen: {
      inline: true,
      run: ({ parameters: { within } }) => sleep(siblingPublish('finding', { within }), 'hear'),
    },
    hear: {
      inline: true,
      run: ({ parameters: { within }, wake }, { heard }) => {
        const { value } = z.object({ value: z.object({ good: z.boolean() }) }).parse(wake?.item);
        const all = [...heard, value.good];
        return all.length < 2
          ? sleep(siblingPublish('finding', { within }), 'hear', { heard: all })
          : complete({ heard: all });
      },
    },
  },
});

const recipes = [family, neighbour];

it('artifacts wake those who wait for their tag within the family', async () => {
  const runtime = createMemoryRuntime({ recipes });
  const other = { tenant: ref.tenant, id: '01J00000000000000000000001' };
  await runtime.continuations.send(other, spawnOf('family@1'));
  await runtime.continuations.send(ref, spawnOf('family@1'));
  for (let round = 0; round < 5; round++) await runtime.idle();
  for (const root of [ref, other]) {
    const { events } = await readVerified(runtime.store, root);
    const forked = events.find((event) => event.type === 'fork');
    const [listener, speaker] = forked?.type === 'fork' ? forked.payload.children : [];
    const heard = await readVerified(runtime.store, {
      tenant: ref.tenant,
      id: listener?.id ?? '',
    });
    expect(heard.state).toMatchObject({
      status: 'completed',
      lastWake: { cause: { kind: 'sibling', tag: 'finding', publisher: speaker?.id } },
      result: { value: { value: { good: true }, publisher: speaker?.id } },
    });
  }
});

it('artifacts wake strangers who wait for the tag within the tenant, and only them', async () => {
  const runtime = createMemoryRuntime({ recipes });
  const stranger = { tenant: ref.tenant, id: '01J00000000000000000000001' };
  const relative = { tenant: ref.tenant, id: '01J00000000000000000000002' };
  const foreigner = { tenant: 'globex', id: '01J00000000000000000000003' };
  const send = runtime.continuations.send.bind(runtime.continuations);
  await send(stranger, spawnOf('neighbour@1', { within: 'tenant' }));
  await send(relative, spawnOf('neighbour@1', { within: 'root' }));
  await send(foreigner, spawnOf('neighbour@1', { within: 'tenant' }));
  await send(ref, spawnOf('family@1'));
  for (let round = 0; round < 5; round++) await runtime.idle();
  const { state } = await readVerified(runtime.store, stranger);
  expect(state).toMatchObject({ status: 'completed', result: { value: { heard: [false, true] } } });
  expect(state.lastWake?.cause).toMatchObject({ kind: 'sibling', within: 'tenant' });
  for (const other of [relative, foreigner]) {
    expect((await readVerified(runtime.store, other)).state.status).toBe('sleeping');
  }
});
