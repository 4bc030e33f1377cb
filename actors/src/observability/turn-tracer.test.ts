import { complete, rootSpanIdOf, spanIdOf, type Span } from '@maestro/core';
import { expect, it } from 'vitest';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { createMemoryRuntime, MemoryCluster, MemoryTracing, orphansOf } from '../testing/index.ts';
import { asker, napper, ticker, workerOf } from '../testing/sample-recipes.ts';

const traceId = 'b'.repeat(32);
const traceparent = `00-${traceId}-${'c'.repeat(16)}-01`;

function named(spans: readonly Span[], name: string): readonly Span[] {
  return spans.filter((span) => span.name === name);
}

it('every turn is below the one root, with its steps, its commit and what it published', async () => {
  const tracing = new MemoryTracing();
  const runtime = createMemoryRuntime({ recipes: [napper], tracing });
  await runtime.continuations.send(ref, { ...spawnOf('napper@1', { ms: 5_000 }), traceparent });
  await runtime.advance(5_000);
  const { spans } = tracing;
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  expect(orphansOf(spans)).toEqual([]);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  const root = rootSpanIdOf(traceId, ref.tenant, ref.id);
  expect(spans.filter(({ parentSpanId }) => parentSpanId === undefined)).toMatchObject([
    { spanId: root, name: 'continuation', attributes: { 'maestro.recipe': 'napper@1' } },
  ]);
  const [spawn] = named(spans, 'turn spawn');
  const [wake] = named(spans, 'turn wake');
  expect(spawn).toMatchObject({ parentSpanId: root, links: [traceparent] });
  expect(wake).toMatchObject({
    parentSpanId: root,
    // The commit that went to sleep.
    links: [`00-${traceId}-${spawn?.spanId}-01`],
    attributes: { 'maestro.tick': 2, 'maestro.wake.cause': 'timer', 'maestro.generation': 1 },
  });
  for (const turn of [spawn, wake]) {
    const below = spans.filter(({ parentSpanId }) => parentSpanId === turn?.spanId);
    expect(below.map(({ name }) => name.split(' ')[0])).toEqual(['step', 'commit', 'send']);
  }
});

it('says nothing of what people have written', async () => {
  const tracing = new MemoryTracing();
  const runtime = createMemoryRuntime({ recipes: [asker], tracing });
  const command = spawnOf('asker@1');
  await runtime.continuations.send(ref, {
    ...command,
    goal: { ...command.goal, objective: 'a secret' },
  });
  await runtime.continuations.send(ref, {
    ...signalOf('go', { payload: { x: 'a secret' } }),
    traceparent,
  });
  await runtime.idle();
  expect(JSON.stringify(tracing.spans)).not.toContain('secret');
  // What was signalled belongs to the trace of whoever did.
  expect(named(tracing.spans, 'turn human_signal')).toMatchObject([
    { links: [traceparent], attributes: { 'maestro.wake.cause': 'human' } },
  ]);
});

it('each attempt of a detached step is below the turn that intended it', async () => {
  const tracing = new MemoryTracing();
  const work = workerOf(async ({ attempt }) => {
    if (attempt === 1) throw new Error('once');
    return complete('second');
  });
  const runtime = createMemoryRuntime({ recipes: [work], tracing });
  await runtime.continuations.send(ref, spawnOf('worker@1'));
  await runtime.runSteps();
  await runtime.advance(1_000);
  await runtime.runSteps();
  expect(orphansOf(tracing.spans)).toEqual([]);
  expect(named(tracing.spans, 'attempt work')).toMatchObject([
    { error: '_OTHER', attributes: { 'maestro.step.attempt': 1, 'maestro.step.outcome': 'threw' } },
    { attributes: { 'maestro.step.attempt': 2, 'maestro.step.outcome': 'returned' } },
  ]);
});

it('what a host had not exported when it died is exported by the next one, under the same ids', async () => {
  const cluster = new MemoryCluster({ recipes: [ticker] });
  const first = new MemoryTracing();
  const dying = cluster.takeOver({ tracing: first });
  await cluster.send(ref, { ...spawnOf('ticker@1', { n: 6 }), traceparent });
  await cluster.advance(2_000);
  dying.kill();
  const second = new MemoryTracing();
  cluster.takeOver({ tracing: second });
  await cluster.advance(60_000);
  const { events, state } = await readVerified(cluster.owner.store);
  expect(state.status).toBe('completed');
  const commits = new Set(events.map(({ commit }) => spanIdOf(commit)));
  // Everything of the first host is lost.
  expect(orphansOf(second.spans)).toEqual([]);
  const turns = second.spans.filter(({ name }) => name.startsWith('turn '));
  expect(new Set(turns.map(({ spanId }) => spanId))).toEqual(commits);
  // Nothing is lost: what was exported twice has the same ids.
  expect(new Set(turns.map(({ spanId }) => spanId)).size).toBe(turns.length);
  expect(orphansOf([...first.spans, ...second.spans])).toEqual([]);
  const again = turns.filter(({ attributes }) => attributes['maestro.recovered'] === true);
  const before = first.spans.filter(({ name }) => name.startsWith('turn '));
  expect(again.map(({ spanId }) => spanId)).toEqual(before.map(({ spanId }) => spanId));
  expect(again.map(({ links }) => links)).toEqual(before.map(({ links }) => links));
});

it('the end of one that its host died right after is exported by the next one, which has nothing else to do', async () => {
  const cluster = new MemoryCluster({ recipes: [workerOf(async () => complete('done'))] });
  const dying = cluster.takeOver({ tracing: new MemoryTracing() });
  await cluster.send(ref, { ...spawnOf('worker@1'), traceparent });
  await dying.runSteps();
  dying.kill();
  const tracing = new MemoryTracing();
  cluster.takeOver({ tracing });
  await cluster.advance(60_000);
  const { events, state } = await readVerified(cluster.owner.store);
  expect(state.status).toBe('completed');
  expect(orphansOf(tracing.spans)).toEqual([]);
  const turns = tracing.spans.filter(({ name }) => name.startsWith('turn '));
  expect(turns.map(({ spanId }) => spanId)).toEqual([
    ...new Set(events.map(({ commit }) => spanIdOf(commit))),
  ]);
  // It publishes again what the one before may not have, below a turn that is there.
  expect(named(tracing.spans, 'send maestro-events')).toHaveLength(1);
});

it('attempts are exported again with the turns that took their results, also of those that threw', async () => {
  const work = workerOf(async ({ attempt }) => {
    if (attempt === 1) throw new Error('once');
    return complete('second');
  });
  const cluster = new MemoryCluster({ recipes: [work] });
  const first = new MemoryTracing();
  const dying = cluster.takeOver({ tracing: first });
  await cluster.send(ref, spawnOf('worker@1'));
  await dying.runSteps();
  await cluster.advance(1_000);
  await dying.runSteps();
  dying.kill();
  const second = new MemoryTracing();
  cluster.takeOver({ tracing: second });
  await cluster.advance(60_000);
  const again = named(second.spans, 'attempt work');
  expect(again.map(({ spanId }) => spanId)).toEqual(
    named(first.spans, 'attempt work').map(({ spanId }) => spanId),
  );
  expect(again.map(({ attributes }) => attributes['maestro.step.outcome'])).toEqual([
    'threw',
    'returned',
  ]);
  expect(orphansOf(second.spans)).toEqual([]);
});

it('a host that takes its own continuation over again does not repeat itself', async () => {
  const tracing = new MemoryTracing();
  const runtime = createMemoryRuntime({ recipes: [napper], tracing });
  await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 3_600_000 }));
  await runtime.idle();
  await runtime.host.deactivate(`${ref.tenant}.${ref.id}`);
  await runtime.advance(3_600_000);
  const turns = tracing.spans.filter(({ name }) => name.startsWith('turn '));
  expect(turns.map(({ attributes }) => attributes['maestro.generation'])).toEqual([1, 2]);
});

it('exports the root again, as it is, after a while: it may have been lost on the way', async () => {
  const tracing = new MemoryTracing();
  const runtime = createMemoryRuntime({ recipes: [ticker], tracing });
  await runtime.continuations.send(ref, spawnOf('ticker@1', { n: 130 }));
  await runtime.advance(130_000);
  const [first, ...again] = named(tracing.spans, 'continuation');
  expect(again).toEqual([first, first]);
});

it('a trace that the caller does not keep is not kept, on whatever host', async () => {
  const cluster = new MemoryCluster({ recipes: [ticker] });
  const tracing = new MemoryTracing();
  cluster.takeOver({ tracing });
  const sent: (string | undefined)[] = [];
  cluster.owner.bus.subscribe(
    'maestro-events',
    async (message) => void sent.push(message.traceparent),
  );
  await cluster.send(ref, {
    ...spawnOf('ticker@1', { n: 3 }),
    traceparent: `00-${traceId}-${'c'.repeat(16)}-00`,
  });
  await cluster.advance(1_000);
  cluster.takeOver({ tracing });
  await cluster.advance(10_000);
  expect((await readVerified(cluster.owner.store)).state.status).toBe('completed');
  expect(tracing.spans).toEqual([]);
  expect(sent.map((each) => each?.slice(-3))).toEqual(sent.map(() => '-00'));
  expect(sent.length).toBeGreaterThan(0);
});

it('a host in memory without a tracer works as before', async () => {
  const runtime = createMemoryRuntime({ recipes: [napper] });
  const messages: object[] = [];
  runtime.bus.subscribe('maestro-events', async (message) => void messages.push(message));
  await runtime.continuations.send(ref, spawnOf('napper@1'));
  await runtime.advance(1_000);
  expect(messages.length).toBeGreaterThan(0);
  for (const message of messages) expect(message).not.toHaveProperty('traceparent');
});
