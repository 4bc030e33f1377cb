import {
  complete,
  defineRecipe,
  fork,
  JsonValue,
  MaestroError,
  newBudget,
  remainderOf,
  sleep,
  timerAfter,
  type ContinuationRef,
  type MergeSpec,
} from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { createMemoryRuntime, MemoryCluster } from '../testing/index.ts';
import { asker, inlineOf } from '../testing/sample-recipes.ts';
import type { Command, CommandOf } from './command.ts';
import { CRASH_POINTS } from './crash-points.ts';

/** Has a document, makes two children that each change it, and waits for a person. */
const author = defineRecipe({
  name: 'author',
  version: 1,
  description: 'Makes children that edit a document',
  parameters: z.strictObject({}),
  state: z.looseObject({}),
  start: () => ({ step: 'split', state: { title: 'draft', notes: ['a'], pages: 1 } }),
  steps: {
    split: {
      inline: true,
      run: () =>
        fork(
          [
            { step: 'edit', state: { title: 'one', notes: ['a', 'b'], pages: 2 } },
            { step: 'edit', state: { title: 'two', notes: ['a', 'c'], pages: 2 } },
          ],
          'wait',
        ),
    },
    wait: { inline: true, run: () => sleep(timerAfter(0, 0), 'edit') },
    edit: { inline: true, run: ({ nowMs }) => sleep(timerAfter(nowMs, 5_000), 'end') },
    end: {
      inline: true,
      run: (_context, state) => complete({ score: String(state['title']).length, ...json(state) }),
    },
  },
});

function json(state: unknown): Record<string, JsonValue> {
  return z.record(z.string(), JsonValue).parse(state);
}

/** Completes with what came of the merge. */
const joiner = defineRecipe({
  name: 'joiner',
  version: 1,
  description: 'Completes with a merge',
  parameters: z.strictObject({}),
  state: z.strictObject({}),
  start: () => ({ step: 'end', state: {} }),
  steps: {
    end: {
      inline: true,
      run: ({ merged, budget }) =>
        complete({
          value: merged?.value ?? null,
          conflicts: json({ all: merged?.conflicts })['all'] ?? null,
          cap: budget.capMicroUsd,
        }),
    },
  },
});

const failing = inlineOf(() => {
  throw new Error('on purpose');
});
const recipes = [author, joiner, asker, failing];
const child: ContinuationRef = { tenant: 'acme', id: '01J0000000000000000000000M' };

function mergeOf(parents: readonly string[], more: Partial<MergeSpec> = {}): CommandOf<'spawn'> {
  return {
    ...spawnOf('joiner@1', {}, 'b'.repeat(64)),
    merge: {
      parents: [...parents],
      function: 'collect',
      parameters: {},
      need: parents.length,
      onFailure: 'fail',
      ...more,
    },
  };
}

function refOf(index: number): ContinuationRef {
  return { tenant: 'acme', id: `01J0000000000000000000000${index}` };
}

interface Host {
  send(to: ContinuationRef, command: Command): Promise<unknown>;
}

/** Starts `n` that wait for a person, each with a budget of 1,000. */
async function askers(host: Host, n: number): Promise<string[]> {
  const refs = Array.from({ length: n }, (_, index) => refOf(index));
  for (const one of refs) await host.send(one, { ...spawnOf('asker@1'), budget: newBudget(1000) });
  return refs.map(({ id }) => id);
}

const go = (payload: unknown): Command => signalOf('go', { payload });

describe('a merge waits for its parents', () => {
  it('for all of them, whoever ends first, and gets what is left of their budgets', async () => {
    const runtime = createMemoryRuntime({ recipes });
    const { continuations } = runtime;
    const parents = await askers(continuations, 3);
    await continuations.send(child, mergeOf(parents));
    await runtime.idle();
    await continuations.send(refOf(2), go('third'));
    await continuations.send(refOf(0), go('first'));
    await runtime.advance(60_000);
    expect((await readVerified(runtime.store, child)).state).toMatchObject({
      status: 'sleeping',
      budget: { capMicroUsd: 2000 },
    });
    await continuations.send(refOf(1), go('second'));
    await runtime.advance(60_000);
    const { state } = await readVerified(runtime.store, child);
    expect(state).toMatchObject({
      status: 'completed',
      lastWake: { cause: { kind: 'parents', ended: 3 } },
      budget: { capMicroUsd: 3000, softCapMicroUsd: 2400 },
    });
    expect(state.result?.value).toEqual({
      value: [
        { parent: parents[0], status: 'completed', result: { signal: 'first' } },
        { parent: parents[1], status: 'completed', result: { signal: 'second' } },
        { parent: parents[2], status: 'completed', result: { signal: 'third' } },
      ],
      conflicts: [],
      cap: 3000,
    });
    expect(state.lineage.parents).toMatchObject(parents.map((id) => ({ id, kind: 'merge' })));
    for (const index of [0, 1, 2]) {
      const parent = await readVerified(runtime.store, refOf(index));
      expect(remainderOf(parent.state.budget)).toBe(0);
      expect(parent.state.joins).toEqual([{ child: child.id, function: 'collect', settled: true }]);
    }
    expect(runtime.armed()).toEqual([]);
  });

  it('for those that had ended before it, too', async () => {
    const runtime = createMemoryRuntime({ recipes });
    const { continuations } = runtime;
    const parents = await askers(continuations, 2);
    for (const index of [0, 1]) await continuations.send(refOf(index), go(index));
    await continuations.send(child, mergeOf(parents));
    await runtime.advance(60_000);
    expect((await readVerified(runtime.store, child)).state.status).toBe('completed');
  });

  it('for any k of them; a late one only folds its budget back', async () => {
    const runtime = createMemoryRuntime({ recipes });
    const { continuations } = runtime;
    const parents = await askers(continuations, 3);
    await continuations.send(child, mergeOf(parents, { need: 1 }));
    await runtime.idle();
    await continuations.send(refOf(1), go('fast'));
    await runtime.advance(60_000);
    const merged = await readVerified(runtime.store, child);
    expect(merged.state.result?.value).toMatchObject({
      value: [{ parent: parents[1] }],
      cap: 1000,
    });
    await continuations.send(refOf(0), go('slow'));
    await runtime.advance(60_000);
    const after = await readVerified(runtime.store, child);
    expect(after.state).toMatchObject({ status: 'completed', budget: { capMicroUsd: 2000 } });
    expect(after.state.result).toEqual(merged.state.result);
    expect(runtime.armed().length).toBeLessThanOrEqual(1);
  });

  it('until its deadline, and then takes what there is', async () => {
    const runtime = createMemoryRuntime({ recipes });
    const { continuations } = runtime;
    const parents = await askers(continuations, 2);
    const deadline = new Date(runtime.clock.nowMs() + 30_000).toISOString();
    await continuations.send(child, mergeOf(parents, { deadline }));
    await continuations.send(refOf(0), go('in time'));
    await runtime.advance(29_000);
    expect((await readVerified(runtime.store, child)).state.status).toBe('sleeping');
    await runtime.advance(2_000);
    const { state } = await readVerified(runtime.store, child);
    expect(state).toMatchObject({
      status: 'completed',
      lastWake: { cause: { kind: 'parents', ended: 1, at: deadline }, lateMs: 0 },
    });
  });

  it('and fails at its deadline when none has ended', async () => {
    const runtime = createMemoryRuntime({ recipes });
    const parents = await askers(runtime.continuations, 2);
    const deadline = new Date(runtime.clock.nowMs() + 30_000).toISOString();
    await runtime.continuations.send(child, mergeOf(parents, { deadline }));
    await runtime.advance(31_000);
    expect((await readVerified(runtime.store, child)).state.failure?.code).toBe('merge.failed');
  });
});

/** Merges of three of which one is killed and one fails. */
async function withBroken(more: Partial<MergeSpec>) {
  const runtime = createMemoryRuntime({ recipes });
  const { continuations } = runtime;
  await askers(continuations, 2);
  await continuations.send(refOf(3), spawnOf('inline@1'));
  await continuations.send(
    child,
    mergeOf([refOf(0).id, refOf(1).id, refOf(3).id], { need: 1, ...more }),
  );
  await runtime.idle();
  await continuations.send(refOf(0), signalOf('kill'));
  await runtime.advance(60_000);
  const broken = await readVerified(runtime.store, child);
  await continuations.send(refOf(1), go('well')).catch(() => undefined);
  await runtime.advance(60_000);
  return { broken: broken.state, state: (await readVerified(runtime.store, child)).state };
}

describe('parents that fail or are killed', () => {
  it('fail the merge', async () => {
    const { broken } = await withBroken({ onFailure: 'fail' });
    expect(broken).toMatchObject({ status: 'failed', failure: { code: 'merge.failed' } });
  });

  it('or are left out', async () => {
    const { broken, state } = await withBroken({ onFailure: 'skip' });
    expect(broken.status).toBe('sleeping');
    expect(state.result?.value).toMatchObject({ value: [{ parent: refOf(1).id }] });
  });

  it('or count', async () => {
    const { broken } = await withBroken({ onFailure: 'include', need: 2 });
    expect(broken.result?.value).toMatchObject({
      value: [
        { parent: refOf(0).id, status: 'killed', result: null },
        { parent: refOf(3).id, status: 'failed', result: null },
      ],
    });
  });

  it('and fail it when too many are left out', async () => {
    const { broken } = await withBroken({ onFailure: 'skip', need: 2 });
    expect(broken.failure?.message).toContain('only 1 still can');
  });
});

/** A family whose two children have edited the document of their parent. */
async function family(more: Partial<MergeSpec>) {
  const runtime = createMemoryRuntime({ recipes });
  await runtime.continuations.send(ref, spawnOf('author@1'));
  await runtime.idle();
  const { events } = await readVerified(runtime.store);
  const forked = events.find((event) => event.type === 'fork');
  const ids = forked?.type === 'fork' ? forked.payload.children.map(({ id }) => id) : [];
  await runtime.continuations.send(child, mergeOf(ids, more));
  await runtime.advance(60_000);
  const { state } = await readVerified(runtime.store, child);
  return { ids, state };
}

describe('merge functions', () => {
  it('three-way: against the common ancestor, with conflicts on record', async () => {
    const { ids, state } = await family({ function: 'three-way' });
    expect(state.result?.value).toMatchObject({
      value: { title: 'one', notes: ['a', 'b', 'c'], pages: 2 },
      conflicts: [
        {
          at: '/title',
          base: 'draft',
          values: [
            { parent: ids[0], value: 'one' },
            { parent: ids[1], value: 'two' },
          ],
          taken: ids[0],
        },
      ],
    });
    expect(state.lineage).toMatchObject({ root: ref.id, depth: 2 });
  });

  it('best-by-score, the first of equals', async () => {
    const { ids, state } = await family({ function: 'best-by-score', parameters: {} });
    expect(state.result?.value).toMatchObject({ value: { parent: ids[0], score: 3 } });
  });

  it('that cannot merge fail the merge', async () => {
    const { state } = await family({
      function: 'best-by-score',
      parameters: { score: '/nothing' },
    });
    expect(state.failure).toMatchObject({ code: 'merge.failed' });
  });

  it('get large values too', async () => {
    const runtime = createMemoryRuntime({ recipes });
    const { continuations } = runtime;
    const parents = await askers(continuations, 2);
    await continuations.send(child, mergeOf(parents));
    const text = 'x'.repeat(100_000);
    for (const index of [0, 1]) await continuations.send(refOf(index), go(`${text}${index}`));
    await runtime.advance(60_000);
    const { state } = await readVerified(runtime.store, child);
    expect(state.status).toBe('completed');
    // 200 kB in all: neither the head nor the log holds that.
    expect(JSON.stringify(state).length).toBeLessThan(20_000);
  });
});

describe('a merge that is refused writes nothing', () => {
  const missing = '01J0000000000000000000000Z';
  const cases: readonly (readonly [string, readonly string[], Partial<MergeSpec>, string])[] = [
    ['of itself', [refOf(0).id, child.id], {}, 'continuation.not_found'],
    ['of one that does not exist', [refOf(0).id, missing], {}, 'continuation.not_found'],
    ['of the same one twice', [refOf(0).id, refOf(0).id], {}, 'merge.invalid'],
    ['of more than there are', [refOf(0).id], { need: 2 }, 'merge.invalid'],
    ['by an unknown function', [refOf(0).id], { function: 'blend' }, 'merge.function_unknown'],
    [
      'with parameters that do not fit',
      [refOf(0).id],
      { function: 'best-by-score', parameters: { score: 'x' } },
      'merge.invalid',
    ],
  ];
  it.each(cases)('%s', async (_name, parents, more, code) => {
    const runtime = createMemoryRuntime({ recipes });
    await askers(runtime.continuations, 2);
    const before = runtime.rows.snapshot();
    await expect(runtime.continuations.send(child, mergeOf(parents, more))).rejects.toMatchObject({
      code,
    });
    expect(runtime.rows.snapshot()).toEqual(before);
  });
});

describe('wherever a host dies, a merge happens once and the budgets sum up', () => {
  it.each(CRASH_POINTS.filter((point) => /^(turn|call)\./.test(point)))('%s', async (point) => {
    for (let count = 1; count <= 16; count++) {
      const cluster = new MemoryCluster({ recipes });
      let passes = 0;
      const mortal = cluster.takeOver({
        crash: (passed) => {
          if (passed === point && ++passes === count) mortal.kill();
        },
      });
      const insist = async (to: ContinuationRef, command: Command): Promise<void> => {
        for (;;) {
          if (!cluster.owner.alive) cluster.takeOver();
          try {
            await cluster.send(to, command);
            return;
          } catch (error) {
            if (!MaestroError.from(error).retryable) throw error;
          }
        }
      };
      await askers({ send: insist }, 2);
      await insist(child, mergeOf([refOf(0).id, refOf(1).id]));
      await cluster.idle();
      for (const index of [0, 1]) await insist(refOf(index), go(index));
      for (let round = 0; round < 6; round++) {
        if (!cluster.owner.alive) cluster.takeOver();
        await cluster.advance(30_000);
      }
      // What a dead host had armed for the hour that its continuation waits comes to nothing.
      await cluster.advance(3_700_000);
      const { state, events } = await readVerified(cluster.owner.store, child);
      expect(state, `${point}:${count}`).toMatchObject({ status: 'completed', tick: 1 });
      expect(events.filter(({ type }) => type === 'merge')).toHaveLength(3);
      let sum = remainderOf(state.budget);
      for (const index of [0, 1]) {
        const parent = await readVerified(cluster.owner.store, refOf(index));
        sum += remainderOf(parent.state.budget);
      }
      expect(sum).toBe(2000);
      expect(cluster.scheduler.armed()).toEqual([]);
    }
  });
});
