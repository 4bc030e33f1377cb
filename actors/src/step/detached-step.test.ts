import { complete, next, sleep, timerAfter } from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { createMemoryRuntime, type MemoryRuntime } from '../testing/index.ts';
import { HeldWork } from '../testing/held-work.ts';
import { workerOf, type Work } from '../testing/sample-recipes.ts';

async function working(
  work: Work,
  limits: Parameters<typeof workerOf>[1] = {},
): Promise<MemoryRuntime> {
  const runtime = createMemoryRuntime({ recipes: [workerOf(work, limits)] });
  await runtime.continuations.send(ref, spawnOf('worker@1'));
  await runtime.runSteps();
  return runtime;
}

it('runs outside the turn and its result completes the continuation', async () => {
  const runtime = await working(async ({ stepId, attempt, nowMs }) =>
    complete({ stepId, attempt, nowMs }),
  );
  const { events, state } = await readVerified(runtime.store);
  expect(events.map(({ type }) => type)).toEqual(['spawn', 'wake', 'step', 'step', 'publish']);
  expect(state.result?.value).toEqual({
    stepId: 'work#1',
    attempt: 1,
    nowMs: runtime.clock.nowMs(),
  });
  expect(runtime.host.load.steps).toBe(0);
});

it('is tried again after a growing pause, under the same step id, and then fails for good', async () => {
  const attempts: string[] = [];
  const runtime = await working(
    async ({ stepId, attempt }) => {
      attempts.push(`${stepId}/${attempt}`);
      throw new Error(`no luck ${attempt}`);
    },
    { maxAttempts: 3, backoffMs: 1_000 },
  );
  expect((await readVerified(runtime.store)).state.activity).toMatchObject({
    kind: 'retry',
    attempt: 2,
  });
  await runtime.advance(999);
  expect(attempts).toEqual(['work#1/1']);
  await runtime.advance(1);
  await runtime.runSteps();
  expect(attempts).toEqual(['work#1/1', 'work#1/2']);
  await runtime.advance(1_999);
  expect(attempts).toHaveLength(2);
  await runtime.advance(1);
  await runtime.runSteps();
  const { events, state } = await readVerified(runtime.store);
  expect(attempts).toEqual(['work#1/1', 'work#1/2', 'work#1/3']);
  expect(state).toMatchObject({
    status: 'failed',
    failure: { code: 'step.failed', message: 'no luck 3' },
  });
  expect(events.filter(({ type }) => type === 'error')).toHaveLength(3);
  await runtime.advance(3_600_000);
  expect(attempts).toHaveLength(3);
});

it('goes on when a later attempt succeeds', async () => {
  const runtime = await working(
    async ({ attempt }) => {
      if (attempt === 1) throw new Error('once');
      return complete('second');
    },
    { backoffMs: 5_000 },
  );
  await runtime.advance(5_000);
  await runtime.runSteps();
  expect((await readVerified(runtime.store)).state.result?.value).toBe('second');
});

it('is not started while the continuation is paused, and a result that comes in meanwhile counts', async () => {
  const held = new HeldWork();
  const runtime = createMemoryRuntime({ recipes: [workerOf(held.work)] });
  await runtime.continuations.send(ref, spawnOf('worker@1'));
  await runtime.continuations.send(ref, signalOf('pause'));
  held.finish(0, next('work'));
  await runtime.idle();
  expect((await readVerified(runtime.store)).state).toMatchObject({
    status: 'paused',
    activity: { kind: 'next', step: 'work' },
  });
  await runtime.advance(60_000);
  expect(held.contexts).toHaveLength(1);
  await runtime.continuations.send(ref, signalOf('resume'));
  await runtime.idle();
  expect(held.contexts.map(({ stepId }) => stepId)).toEqual(['work#1', 'work#2']);
});

it('is aborted by kill, and reads and signals do not wait for it', async () => {
  const held = new HeldWork();
  const runtime = createMemoryRuntime({ recipes: [workerOf(held.work)] });
  await runtime.continuations.send(ref, spawnOf('worker@1'));
  await runtime.idle();
  expect(runtime.host.load.steps).toBe(1);
  expect((await readVerified(runtime.store)).state.activity?.kind).toBe('running');
  await runtime.continuations.send(ref, signalOf('kill'));
  await runtime.idle();
  expect(held.aborted(0)).toBe(true);
  expect(runtime.host.load.steps).toBe(0);
  const killed = await readVerified(runtime.store);
  held.finish(0, complete('too late'));
  await runtime.advance(60_000);
  expect((await readVerified(runtime.store)).events).toEqual(killed.events);
});

it('a lease that fires where the step runs is extended, and the step runs once', async () => {
  const held = new HeldWork();
  const runtime = createMemoryRuntime({ recipes: [workerOf(held.work)] });
  await runtime.continuations.send(ref, spawnOf('worker@1'));
  await runtime.advance(600_000);
  expect(held.contexts).toHaveLength(1);
  expect((await readVerified(runtime.store)).events).toHaveLength(3);
  held.finish(0, complete('after ten minutes'));
  await runtime.runSteps();
  expect((await readVerified(runtime.store)).state.status).toBe('completed');
});

it('a host that deactivates the actor keeps the step, and it still counts', async () => {
  const held = new HeldWork();
  const runtime = createMemoryRuntime({ recipes: [workerOf(held.work)] });
  await runtime.continuations.send(ref, spawnOf('worker@1'));
  await runtime.idle();
  await runtime.host.deactivate(`${ref.tenant}.${ref.id}`);
  expect(runtime.host.load.activations).toBe(0);
  expect(held.aborted(0)).toBe(false);
  held.finish(0, complete('kept'));
  await runtime.runSteps();
  expect((await readVerified(runtime.store)).state).toMatchObject({
    status: 'completed',
    generation: 2,
  });
  expect(held.contexts).toHaveLength(1);
});

describe('a result that cannot be stored fails the continuation, once and for all', () => {
  const circle: Record<string, unknown> = {};
  circle['itself'] = circle;
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['something that is no outcome', { kind: 'dance' }, 'step.outcome_invalid'],
    ['nothing', undefined, 'step.outcome_invalid'],
    ['a step that does not exist', next('elsewhere'), 'step.outcome_invalid'],
    ['a state that does not fit', { ...next('work'), state: 7 }, 'step.outcome_invalid'],
    ['a circle', complete(circle as never), 'step.outcome_invalid'],
    ['a big integer', complete(1n as never), 'step.outcome_invalid'],
    [
      'a sleep over ten years',
      sleep(timerAfter(Date.parse('2036-02-01T00:00:00Z'), 0), 'work'),
      'wake.too_far',
    ],
    ['a result too large for a command', complete('x'.repeat(5_000_000)), 'event.too_large'],
  ];
  for (const [what, outcome, code] of cases) {
    it(`${what}: ${code}`, async () => {
      let runs = 0;
      const runtime = await working(async () => {
        runs++;
        return outcome;
      });
      await runtime.advance(3_600_000);
      const { state, events } = await readVerified(runtime.store);
      expect(state).toMatchObject({ status: 'failed', failure: { code } });
      expect(events.at(-1)).toMatchObject({ type: 'error', payload: { final: true } });
      expect(runs).toBe(1);
      expect(runtime.armed()).toEqual([]);
    });
  }

  it('a text cut inside an emoji is mended', async () => {
    const runtime = await working(async () => complete('😀'.slice(0, 1)));
    expect((await readVerified(runtime.store)).state.result?.value).toBe('\ufffd');
  });

  it('an error message cut inside an emoji is mended', async () => {
    const runtime = await working(
      async () => {
        throw new Error(`${'x'.repeat(999)}😀`);
      },
      { maxAttempts: 1 },
    );
    expect((await readVerified(runtime.store)).state.failure?.message).toBe(
      `${'x'.repeat(999)}\ufffd`,
    );
  });
});
