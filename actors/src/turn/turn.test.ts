import { LogVerifier, parseStoredEvent, type ContinuationRef } from '@maestro/core';
import { expect, it } from 'vitest';
import { countdown, noop, wait } from '@maestro/recipes';
import { createMemoryRuntime, type MemoryRuntime } from '../testing/index.ts';
import type { Command, CommandOf } from './command.ts';

const ref: ContinuationRef = { tenant: 'acme', id: '01J00000000000000000000000' };
const by = { subject: 'alice' };

function spawnCommand(recipe: string, parameters: Record<string, unknown> = {}): Command {
  return {
    kind: 'spawn',
    goal: {
      objective: 'try it',
      recipe,
      sensitivity: 'internal',
      parameters,
    } as CommandOf<'spawn'>['goal'],
    requestedBy: by,
    requestHash: 'a'.repeat(64),
  };
}

async function types(runtime: MemoryRuntime): Promise<string[]> {
  const rows = await runtime.store.readRange(ref, 1, 1000);
  const verifier = new LogVerifier(ref);
  for (const row of rows) expect(verifier.add(parseStoredEvent(row))).toBeUndefined();
  expect(await runtime.store.readHead(ref)).toBe(verifier.head);
  return rows.map((row) => parseStoredEvent(row).type);
}

it('a noop continuation works, sleeps, wakes by the clock and completes', async () => {
  const runtime = createMemoryRuntime({ recipes: [noop] });
  await runtime.continuations.send(ref, spawnCommand('noop@1', { sleepMs: 30_000 }));
  expect(await types(runtime)).toEqual(['spawn', 'wake', 'step', 'sleep']);
  await runtime.advance(29_999);
  expect(await types(runtime)).toHaveLength(4);
  await runtime.advance(1);
  expect(await types(runtime)).toEqual([
    'spawn',
    'wake',
    'step',
    'sleep',
    'wake',
    'step',
    'publish',
  ]);
  await runtime.advance(60_000);
  expect(runtime.armed()).toEqual([]);
});

it('a countdown ticks as often as it should', async () => {
  const runtime = createMemoryRuntime({ recipes: [countdown] });
  await runtime.continuations.send(ref, spawnCommand('countdown@1', { n: 120, everyMs: 1000 }));
  await runtime.advance(120_000);
  const events = await types(runtime);
  expect(events.filter((type) => type === 'wake')).toHaveLength(120);
  expect(events.at(-1)).toBe('publish');
});

it('a wait ends with the signal it waits for', async () => {
  const runtime = createMemoryRuntime({ recipes: [wait] });
  await runtime.continuations.send(ref, spawnCommand('wait@1'));
  await runtime.continuations.send(ref, {
    kind: 'signal',
    signal: 'go',
    requestId: 'r1',
    by,
    payload: { x: 1 },
  });
  expect(await types(runtime)).toEqual([
    'spawn',
    'wake',
    'step',
    'sleep',
    'human_signal',
    'wake',
    'step',
    'publish',
  ]);
});
