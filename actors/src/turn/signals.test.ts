import { expect, it } from 'vitest';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { createMemoryRuntime, type MemoryRuntime } from '../testing/index.ts';
import { asker, napper, scripted } from '../testing/sample-recipes.ts';

async function started(recipe: string, parameters = {}): Promise<MemoryRuntime> {
  const runtime = createMemoryRuntime({ recipes: [asker, napper, scripted] });
  await runtime.continuations.send(ref, spawnOf(recipe, parameters));
  await runtime.idle();
  return runtime;
}

it('the same request starts a continuation once', async () => {
  const runtime = await started('napper@1');
  const before = runtime.rows.snapshot();
  const again = await runtime.continuations.send(ref, spawnOf('napper@1'));
  expect(again).toMatchObject({ kind: 'spawned', created: false, id: ref.id, status: 'sleeping' });
  expect(runtime.rows.snapshot()).toEqual(before);
});

it('the same request is answered after the end, too', async () => {
  const runtime = await started('napper@1', { ms: 0 });
  await runtime.advance(0);
  const again = await runtime.continuations.send(ref, spawnOf('napper@1', { ms: 0 }));
  expect(again).toMatchObject({ created: false, status: 'completed' });
});

it('takes a signal once by its request id, also when the answer comes after the end', async () => {
  const runtime = await started('asker@1');
  const go = signalOf('go', { requestId: 'r1', payload: 1 });
  expect(await runtime.continuations.send(ref, go)).toMatchObject({
    changed: true,
    status: 'completed',
  });
  await runtime.idle();
  const before = runtime.rows.snapshot();
  expect(await runtime.continuations.send(ref, go)).toMatchObject({
    changed: false,
    status: 'completed',
  });
  expect(runtime.rows.snapshot()).toEqual(before);
});

it('remembers the last thirty-two request ids', async () => {
  const runtime = await started('asker@1');
  for (let round = 0; round < 17; round++) {
    await runtime.continuations.send(ref, signalOf('pause', { requestId: `p${round}` }));
    await runtime.continuations.send(ref, signalOf('resume', { requestId: `r${round}` }));
  }
  const { state } = await readVerified(runtime.store);
  expect(state.requests).toHaveLength(32);
  expect(state.requests[0]?.id).toBe('p1');
});

it('refuses another signal under a request id that was used, and writes nothing', async () => {
  const runtime = await started('asker@1');
  await runtime.continuations.send(ref, signalOf('pause', { requestId: 'once' }));
  const before = runtime.rows.snapshot();
  await expect(
    runtime.continuations.send(ref, signalOf('resume', { requestId: 'once' })),
  ).rejects.toMatchObject({ code: 'idempotency.conflict' });
  expect(runtime.rows.snapshot()).toEqual(before);
});

it('pausing twice and resuming what is not paused change nothing', async () => {
  const runtime = await started('asker@1');
  await runtime.continuations.send(ref, signalOf('pause', { requestId: 'p1' }));
  const { events } = await readVerified(runtime.store);
  expect(
    await runtime.continuations.send(ref, signalOf('pause', { requestId: 'p2' })),
  ).toMatchObject({ changed: false, status: 'paused' });
  await runtime.continuations.send(ref, signalOf('resume', { requestId: 'r1' }));
  expect(
    await runtime.continuations.send(ref, signalOf('resume', { requestId: 'r2' })),
  ).toMatchObject({ changed: false, status: 'sleeping' });
  expect((await readVerified(runtime.store)).events).toHaveLength(events.length + 1);
});

it('a pause holds a timer that falls due, and resuming fires it at once', async () => {
  const runtime = await started('napper@1', { ms: 10_000 });
  await runtime.continuations.send(ref, signalOf('pause'));
  await runtime.advance(60_000);
  expect((await readVerified(runtime.store)).state).toMatchObject({
    status: 'paused',
    tick: 1,
    dueMs: null,
  });
  expect(runtime.armed()).toEqual([]);
  await runtime.continuations.send(ref, signalOf('resume'));
  const { state } = await readVerified(runtime.store);
  expect(state).toMatchObject({ status: 'completed', tick: 2, lastWake: { lateMs: 50_000 } });
});

it('a resume before the timer is due lets the timer fire on time', async () => {
  const runtime = await started('napper@1', { ms: 60_000 });
  await runtime.continuations.send(ref, signalOf('pause'));
  await runtime.advance(20_000);
  await runtime.continuations.send(ref, signalOf('resume'));
  await runtime.advance(39_999);
  expect((await readVerified(runtime.store)).state.status).toBe('sleeping');
  await runtime.advance(1);
  expect((await readVerified(runtime.store)).state).toMatchObject({
    status: 'completed',
    lastWake: { lateMs: 0 },
  });
});

it('a killed sleep never wakes', async () => {
  const runtime = await started('napper@1', { ms: 10_000 });
  await runtime.continuations.send(ref, signalOf('kill'));
  const { events, state } = await readVerified(runtime.store);
  expect(state).toMatchObject({ status: 'killed', dueMs: null, wait: null });
  expect(events.at(-1)).toMatchObject({ type: 'kill', payload: { reason: 'requested' } });
  await runtime.advance(3_600_000);
  expect((await readVerified(runtime.store)).events).toEqual(events);
  expect(runtime.armed()).toEqual([]);
});

it('of several conditions the first wins, and the others never fire', async () => {
  const runtime = await started('scripted@1', { script: ['ask', 'sleep'] });
  await runtime.continuations.send(ref, signalOf('stop'));
  expect((await readVerified(runtime.store)).state).toMatchObject({
    lastWake: { cause: { kind: 'human', signal: 'stop' }, pending: ['human:go', 'timer'] },
  });
  await expect(runtime.continuations.send(ref, signalOf('go'))).rejects.toMatchObject({
    code: 'signal.unknown',
  });
  await runtime.advance(300_000);
  const { events } = await readVerified(runtime.store);
  const causes = events.flatMap((event) =>
    event.type === 'wake' ? [event.payload.cause.kind] : [],
  );
  expect(causes).toEqual(['spawn', 'human', 'timer']);
});

it('redacts names and notes of people before they reach the log', async () => {
  const runtime = await started('asker@1');
  await runtime.continuations.send(ref, {
    kind: 'signal',
    signal: 'pause',
    requestId: 'p',
    by: { subject: 'user-7', name: 'Grace Hopper' },
    note: 'call Grace Hopper',
  });
  const rows = [...runtime.rows.snapshot().values()].join('\n');
  expect(rows).not.toContain('Grace');
  expect((await readVerified(runtime.store)).state.paused?.by).toEqual({
    subject: 'user-7',
    name: '[redacted]',
  });
});
