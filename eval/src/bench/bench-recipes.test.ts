import { createMemoryRuntime, testRecipe } from '@maestro/actors/testing';
import { deriveChildId, deriveContinuationId } from '@maestro/core';
import { expect, it } from 'vitest';
import { recipes } from './bench-recipes.ts';
import { pausesAt, ticksFor } from './workloads/history-plan.ts';

const [pair, history] = recipes;

it('a history has the length that its plan says, and pauses where it says', async () => {
  const ticks = ticksFor(1_000);
  const test = testRecipe(history, { parameters: { ticks: [...ticks] } });
  await test.start();
  for (const pause of pausesAt(ticks)) {
    await test.advance(0);
    expect(test.continuation.sequence).toBe(pause);
    expect(test.waitingFor?.kind).toBe('human');
    if (pause < 900) await test.signal('go');
  }
});

it('the listener of a pair completes when its child speaks', async () => {
  const runtime = createMemoryRuntime({ recipes: [pair] });
  const ref = { tenant: 'test', id: deriveContinuationId('test', 'pair') };
  const command = {
    kind: 'spawn',
    goal: { objective: 'Listen', recipe: 'pair@1', sensitivity: 'internal', parameters: {} },
    requestedBy: { subject: 'test' },
    requestHash: '0'.repeat(64),
  } as Parameters<typeof runtime.continuations.send>[1];
  await runtime.continuations.send(ref, command);
  await runtime.idle();
  const child = { tenant: 'test', id: deriveChildId(ref, 4, 0) };
  await runtime.continuations.send(child, {
    kind: 'signal',
    signal: 'go',
    requestId: 'go',
    by: { subject: 'test' },
  });
  await runtime.idle();
  expect(JSON.parse((await runtime.store.readHead(ref)) ?? '{}')).toMatchObject({
    status: 'completed',
    result: { value: { heard: true } },
  });
});
