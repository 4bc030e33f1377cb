import {
  complete,
  defaultTenantDocument,
  defineRecipe,
  deriveChildId,
  fork,
  humanSignal,
  isFinished,
  MaestroError,
  newBudget,
  next,
  remainderOf,
  sleep,
  tenantDocumentKey,
  type ContinuationRef,
} from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { createMemoryRuntime, MemoryCluster, type MemoryRuntime } from '../testing/index.ts';
import { asker, napper, ticker } from '../testing/sample-recipes.ts';
import type { CommandOf, Reply } from './command.ts';

/** Makes `n` children that each take a share, and waits for a signal. */
const parent = defineRecipe({
  name: 'parent',
  version: 1,
  description: 'Makes children',
  parameters: z.strictObject({ n: z.int() }),
  state: z.strictObject({ share: z.int().nullable() }),
  start: () => ({ step: 'split', state: { share: null } }),
  steps: {
    split: {
      inline: true,
      run: ({ parameters: { n } }) =>
        fork(
          Array.from({ length: n }, (_, share) => ({ step: 'work' as const, state: { share } })),
          'wait',
        ),
    },
    work: { run: async (_context, state) => next('done', state) },
    wait: { inline: true, run: () => sleep(humanSignal('go'), 'done') },
    done: { inline: true, run: (_context, { share }) => complete({ share }) },
  },
});

const recipes = [parent, asker, napper, ticker];

function childOf(sequence: number, index: number, of: ContinuationRef = ref): ContinuationRef {
  return { tenant: of.tenant, id: deriveChildId(of, sequence, index) };
}

function forkOf(
  children: CommandOf<'fork'>['children'] = [{}],
  more: { readonly from?: number; readonly requestId?: string } = {},
): CommandOf<'fork'> {
  return { kind: 'fork', requestId: 'f1', by: { subject: 'alice' }, children, ...more };
}

type Forked = Extract<Reply, { kind: 'forked' }>;

async function forked(runtime: MemoryRuntime, command: CommandOf<'fork'>): Promise<Forked> {
  const reply = await runtime.continuations.send<Forked>(ref, command);
  await runtime.idle();
  return reply;
}

describe('a fork by a step', () => {
  it('makes up to a hundred children in one turn, each with a share of the budget', async () => {
    const runtime = createMemoryRuntime({ recipes });
    const budget = newBudget(1_000_003);
    await runtime.continuations.send(ref, { ...spawnOf('parent@1', { n: 100 }), budget });
    await runtime.idle();
    await runtime.runSteps();
    await runtime.advance(60_000);
    const { state, events } = await readVerified(runtime.store);
    const forks = events.filter(({ type }) => type === 'fork');
    expect(forks).toHaveLength(1);
    expect(state.offspring).toEqual({ sequences: [forks[0]?.sequence], children: 100 });
    let sum = remainderOf(state.budget);
    for (let index = 0; index < 100; index++) {
      const child = await readVerified(runtime.store, childOf(forks[0]?.sequence ?? 0, index));
      expect(child.state).toMatchObject({
        status: 'completed',
        result: { value: { share: index } },
        lineage: { root: ref.id, depth: 1 },
      });
      expect(child.state.trace.traceId).not.toBe(state.trace.traceId);
      sum += child.state.budget.capMicroUsd;
    }
    expect(sum).toBe(1_000_003);
    // Everything was said: nothing is armed, for the parent waits for a person.
    expect(runtime.armed()).toEqual([]);
  });

  it.each([
    ['is too wide for its tenant', { n: 101 }, 'step.outcome_invalid'],
    ['makes no children', { n: 0 }, 'step.outcome_invalid'],
  ])('that %s fails the continuation', async (_name, parameters, code) => {
    const runtime = createMemoryRuntime({ recipes });
    await runtime.continuations.send(ref, spawnOf('parent@1', parameters));
    await runtime.idle();
    expect((await readVerified(runtime.store)).state.failure?.code).toBe(code);
  });
});

describe('a fork from now', () => {
  it('of a sleeping one sleeps on with the same wait, and wakes by itself', async () => {
    const runtime = createMemoryRuntime({ recipes });
    await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 60_000 }));
    await runtime.advance(10_000);
    const { children, sequence, changed } = await forked(
      runtime,
      forkOf([{ objective: 'another way', budgetMicroUsd: 5 }]),
    );
    expect(changed).toBe(true);
    const [id = ''] = children;
    const child = { tenant: ref.tenant, id };
    const born = await readVerified(runtime.store, child);
    expect(born.events.map(({ type }) => type)).toEqual(['spawn']);
    expect(born.state).toMatchObject({
      status: 'sleeping',
      goal: { objective: 'another way' },
      budget: { capMicroUsd: 5 },
      lineage: { parents: [{ id: ref.id, kind: 'fork', sequence: sequence - 1 }] },
    });
    await runtime.advance(50_000);
    for (const each of [ref, child]) {
      const { state } = await readVerified(runtime.store, each);
      expect(state).toMatchObject({ status: 'completed', result: { value: { ticks: 2 } } });
    }
    expect(runtime.armed()).toEqual([]);
  });

  it('is made once for each request id', async () => {
    const runtime = createMemoryRuntime({ recipes });
    await runtime.continuations.send(ref, spawnOf('asker@1'));
    const first = await forked(runtime, forkOf([{}, {}]));
    const again = await forked(runtime, forkOf([{}, {}]));
    expect(again).toEqual({ ...first, changed: false });
    await expect(forked(runtime, forkOf([{}]))).rejects.toMatchObject({
      code: 'idempotency.conflict',
    });
    await runtime.continuations.send(ref, signalOf('pause', { requestId: 'p' }));
    await expect(forked(runtime, forkOf([{}], { requestId: 'p' }))).rejects.toMatchObject({
      code: 'idempotency.conflict',
    });
    const other = await forked(runtime, forkOf([{}], { requestId: 'f2' }));
    expect(other.children).not.toContain(first.children[0]);
    expect((await readVerified(runtime.store)).state.offspring?.children).toBe(3);
  });
});

describe('a fork from an earlier event', () => {
  it('goes on as of there, from any event that something goes on from, also after the end', async () => {
    const runtime = createMemoryRuntime({ recipes });
    await runtime.continuations.send(ref, spawnOf('ticker@1', { n: 120 }));
    await runtime.advance(120_000);
    const { events, state } = await readVerified(runtime.store);
    expect(state.status).toBe('completed');
    const usable: number[] = [];
    for (const from of [1, 2, 3, 4, 99, 100, 101, 102, 199, 200, 201, events.length - 2]) {
      const command = forkOf([{}], { from, requestId: `f${from}` });
      try {
        const { children } = await forked(runtime, command);
        await runtime.advance(130_000);
        const child = await readVerified(runtime.store, { tenant: 'acme', id: children[0] ?? '' });
        expect(child.state).toMatchObject({ status: 'completed', tick: 120 });
        expect(child.state.lineage.parents).toEqual([{ id: ref.id, kind: 'fork', sequence: from }]);
        usable.push(from);
      } catch (error) {
        if (!(error instanceof MaestroError)) throw error;
        expect(MaestroError.from(error).code).toBe('fork.event_unusable');
        // The step's own event; the sleep follows in the same commit.
        expect(events[from - 1]?.type).toBe('step');
      }
    }
    expect(usable.length).toBeGreaterThan(7);
  });

  it('does not read more of a long log than of a short one', async () => {
    const runtime = createMemoryRuntime({ recipes });
    await runtime.continuations.send(ref, spawnOf('ticker@1', { n: 700 }));
    await runtime.advance(700_000);
    const { events } = await readVerified(runtime.store);
    expect(events.length).toBeGreaterThan(2_000);
    let rows = 0;
    const readMany = runtime.rows.readMany.bind(runtime.rows);
    runtime.rows.readMany = async (partition, keys) => {
      rows += keys.length;
      return readMany(partition, keys);
    };
    for (const from of [190, 1_990]) {
      rows = 0;
      await forked(runtime, forkOf([{}], { from, requestId: `f${from}` })).catch(() => undefined);
      expect(rows).toBeLessThanOrEqual(100);
    }
  });
});

describe('a fork that is refused writes nothing', () => {
  const cases: readonly (readonly [string, CommandOf<'fork'>, string])[] = [
    ['from an event that there is not', forkOf([{}], { from: 99 }), 'fork.event_missing'],
    ['from the middle of a commit', forkOf([{}], { from: 3 }), 'fork.event_unusable'],
    [
      'with more than is left',
      forkOf([{ budgetMicroUsd: 3_000_000 }, { budgetMicroUsd: 2_000_001 }]),
      'budget.exceeded',
    ],
    [
      'with parameters that do not fit',
      forkOf([{ parameters: { ms: 'long' } }]),
      'recipe.parameters_invalid',
    ],
  ];
  it.each(cases)('%s', async (_name, command, code) => {
    const runtime = createMemoryRuntime({ recipes });
    await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 60_000 }));
    await runtime.idle();
    const before = runtime.rows.snapshot();
    await expect(runtime.continuations.send(ref, command)).rejects.toMatchObject({ code });
    expect(runtime.rows.snapshot()).toEqual(before);
  });

  it('of one that has ended, from its end', async () => {
    const runtime = createMemoryRuntime({ recipes });
    await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 0 }));
    await runtime.advance(100);
    await expect(forked(runtime, forkOf())).rejects.toMatchObject({ code: 'fork.event_unusable' });
  });

  it('too deep in the family tree', async () => {
    const runtime = createMemoryRuntime({ recipes });
    await runtime.continuations.send(ref, spawnOf('asker@1'));
    let at = ref;
    for (let depth = 1; depth <= 16; depth++) {
      const reply = await runtime.continuations.send<Forked>(at, forkOf());
      await runtime.idle();
      at = { tenant: ref.tenant, id: reply.children[0] ?? '' };
    }
    await expect(runtime.continuations.send(at, forkOf())).rejects.toMatchObject({
      code: 'fork.too_deep',
    });
  });

  it('too wide', async () => {
    const runtime = createMemoryRuntime({ recipes });
    await runtime.continuations.send(ref, spawnOf('asker@1'));
    const hundred = Array.from({ length: 100 }, () => ({ budgetMicroUsd: 1 }));
    for (let times = 0; times < 10; times++) {
      await forked(runtime, forkOf(hundred, { requestId: `f${times}` }));
    }
    await expect(forked(runtime, forkOf([{}], { requestId: 'more' }))).rejects.toMatchObject({
      code: 'fork.too_wide',
    });
  });
});

it('goes by the depth and the breadth that the tenant allows', async () => {
  const runtime = createMemoryRuntime({ recipes });
  await runtime.tenants.put({
    ...defaultTenantDocument(ref.tenant),
    limits: { maxForkDepth: 1, maxChildren: 2, requestsPerSecond: 1000 },
  });
  await runtime.continuations.send(ref, spawnOf('asker@1'));
  const { children } = await forked(runtime, forkOf([{}, {}]));
  await expect(forked(runtime, forkOf([{}], { requestId: 'more' }))).rejects.toMatchObject({
    code: 'fork.too_wide',
  });
  const child = { tenant: ref.tenant, id: children[0] ?? '' };
  await expect(runtime.continuations.send(child, forkOf())).rejects.toMatchObject({
    code: 'fork.too_deep',
  });
});

it('is all that a tenant document refuses that cannot be read', async () => {
  const runtime = createMemoryRuntime({ recipes });
  await runtime.continuations.send(ref, spawnOf('asker@1'));
  runtime.rows.tamper(tenantDocumentKey(ref.tenant), 'no document');
  runtime.clock.advance(2_000);
  await expect(forked(runtime, forkOf([{}]))).rejects.toMatchObject({ code: 'tenant.invalid' });
  await runtime.continuations.send(ref, signalOf('kill'));
  expect((await readVerified(runtime.store, ref)).state.status).toBe('killed');
});

describe('children that cannot be reached', () => {
  it('for somebody else has their id are given up, and hold nothing up', async () => {
    const runtime = createMemoryRuntime({ recipes });
    await runtime.continuations.send(ref, spawnOf('asker@1'));
    await runtime.continuations.send(childOf(5, 0), spawnOf('asker@1', {}, 'c'.repeat(64)));
    await forked(runtime, forkOf([{}, {}]));
    await runtime.advance(60_000);
    const { state } = await readVerified(runtime.store);
    expect(state.offspring?.sequences).toEqual([5]);
    expect((await readVerified(runtime.store, childOf(5, 1))).state.lineage.depth).toBe(1);
    // Nothing but what the waits are due at.
    const dues = runtime.armed().map(({ atMs }) => atMs - runtime.clock.nowMs());
    expect(dues.every((due) => due > 3_000_000)).toBe(true);
  });

  it('are made once their host is back, and the parent goes on meanwhile', async () => {
    const cluster = new MemoryCluster({ recipes });
    const send = cluster.send.bind(cluster);
    let away = true;
    cluster.send = async (to, command) => {
      if (away && to.id !== ref.id) throw new MaestroError('sidecar.unavailable', 'away');
      return send(to, command);
    };
    await cluster.send(ref, spawnOf('parent@1', { n: 3 }));
    await cluster.advance(20_000);
    await cluster.send(ref, signalOf('go'));
    await cluster.advance(20_000);
    const { state } = await readVerified(cluster.owner.store);
    expect(isFinished(state.status)).toBe(true);
    away = false;
    // Calls that nobody took are repeated less and less often.
    await cluster.advance(120_000);
    await cluster.owner.runSteps();
    const sequence = state.offspring?.sequences[0] ?? 0;
    for (const index of [0, 1, 2]) {
      const child = await readVerified(cluster.owner.store, childOf(sequence, index));
      expect(child.state.status).toBe('completed');
    }
    await cluster.advance(60_000);
    expect(cluster.scheduler.armed()).toEqual([]);
  });
});

it('a fork that a dead host left undone is found again, whatever its payload holds', async () => {
  const cluster = new MemoryCluster({ recipes });
  const first = cluster.owner;
  const goal = { objective: 'say {"type":"step"}' };
  await cluster.send(ref, spawnOf('asker@1'));
  await cluster.idle();
  const send = cluster.send.bind(cluster);
  cluster.send = async (to, command) => {
    if (command.kind === 'spawn') first.kill();
    return send(to, command);
  };
  // The host may die before it has answered.
  await first.continuations
    .send(ref, forkOf([{ ...goal, tags: ['"type":"step"'] }]))
    .catch(() => undefined);
  await cluster.idle();
  expect(first.alive).toBe(false);
  cluster.send = send;
  cluster.takeOver();
  await cluster.advance(30_000);
  const child = await readVerified(cluster.owner.store, childOf(5, 0));
  expect(child.state.goal).toMatchObject(goal);
});

// A timer that is copied is as late as it is.
it('a copy of a sleep that is over by now wakes at once', async () => {
  const runtime = createMemoryRuntime({ recipes });
  await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 1_000 }));
  await runtime.advance(3_600_000);
  const { children } = await forked(runtime, forkOf([{}], { from: 4 }));
  await runtime.advance(1);
  const { state } = await readVerified(runtime.store, { tenant: 'acme', id: children[0] ?? '' });
  expect(state).toMatchObject({ status: 'completed', lastWake: { lateMs: 3_599_000 } });
});
