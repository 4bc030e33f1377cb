import { expect, it } from 'vitest';
import { ref, signalOf, spawnOf } from '../testing/drive.ts';
import { createMemoryRuntime } from '../testing/index.ts';
import { asker, napper } from '../testing/sample-recipes.ts';

it('shows where a continuation stands, and changes nothing', async () => {
  const runtime = createMemoryRuntime({ recipes: [asker, napper] });
  await runtime.continuations.send(ref, spawnOf('asker@1'));
  await runtime.idle();
  const before = runtime.rows.snapshot();
  expect(await runtime.continuations.send(ref, { kind: 'look' })).toMatchObject({
    kind: 'looked',
    continuation: {
      id: ref.id,
      status: 'sleeping',
      recipe: 'asker@1',
      waitingFor: [{ kind: 'human', signal: 'go' }, { kind: 'timer' }],
      result: null,
    },
  });
  expect(runtime.rows.snapshot()).toEqual(before);
  await runtime.continuations.send(ref, signalOf('go', { requestId: 'r1', payload: 1 }));
  expect(await runtime.continuations.send(ref, { kind: 'look' })).toMatchObject({
    continuation: { status: 'completed', waitingFor: [] },
  });
});

it('says when a sleep ends', async () => {
  const runtime = createMemoryRuntime({ recipes: [asker, napper] });
  await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 60_000 }));
  expect(await runtime.continuations.send(ref, { kind: 'look' })).toMatchObject({
    continuation: { dueAt: new Date(runtime.clock.nowMs() + 60_000).toISOString() },
  });
});

it('finds none where there is none', async () => {
  const runtime = createMemoryRuntime({ recipes: [asker] });
  await expect(runtime.continuations.send(ref, { kind: 'look' })).rejects.toMatchObject({
    code: 'continuation.not_found',
  });
  expect(runtime.rows.snapshot()).toEqual(new Map());
});
