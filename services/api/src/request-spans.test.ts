import { MemoryTracing, orphansOf } from '@maestro/actors/testing';
import { rootSpanIdOf } from '@maestro/core';
import { afterEach, expect, it } from 'vitest';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const GOAL = { goal: { objective: 'a secret', recipe: 'wait@1', sensitivity: 'internal' } };

let harness: ApiHarness;
afterEach(() => harness.close());

/** Spans are exported once the answer is out. */
async function spansOf(tracing: MemoryTracing, count: number) {
  for (let round = 0; tracing.spans.length < count && round < 200; round++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return tracing.spans;
}

async function traced(keeps?: MemoryTracing['keeps']) {
  const tracing = new MemoryTracing(keeps);
  harness = await startApi({ tracing });
  return tracing;
}

async function causeOf(id: string) {
  const ref = { tenant: 'acme', id };
  const row = await harness.runtime.store.readEntry(ref, 1);
  return (JSON.parse(row ?? '{}') as { trace: { traceId: string; cause: string } }).trace;
}

it('the request that starts a continuation is in its trace, below its root, and caused its first turn', async () => {
  const tracing = await traced();
  const { json } = await harness.call('POST', '/continuations', { body: GOAL });
  const { id } = json as { id: string };
  const [span] = await spansOf(tracing, 1);
  const trace = await causeOf(id);
  expect(trace.cause).toBe(`00-${span?.traceId}-${span?.spanId}-01`);
  expect(span).toMatchObject({
    name: 'POST /continuations',
    kind: 'server',
    traceId: trace.traceId,
    parentSpanId: rootSpanIdOf(trace.traceId, 'acme', id),
    attributes: {
      'maestro.tenant': 'acme',
      'maestro.continuation.id': id,
      'http.response.status_code': 201,
    },
  });
  expect(JSON.stringify(span)).not.toContain('secret');
});

it('is below the caller, where that has a trace of its own', async () => {
  const tracing = await traced();
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  await harness.call('POST', '/continuations', { body: GOAL, headers });
  expect(await spansOf(tracing, 1)).toMatchObject([{ traceId, parentSpanId: '00f067aa0ba902b7' }]);
});

it('a repeated or refused request, and one that only signals, has nothing above it', async () => {
  const tracing = await traced();
  const headers = { 'idempotency-key': 'k' };
  const { json } = await harness.call('POST', '/continuations', { body: GOAL, headers });
  const { id } = json as { id: string };
  await harness.call('POST', '/continuations', { body: GOAL, headers });
  await harness.call('POST', '/continuations', { body: { goal: {} } });
  await harness.call('POST', `/continuations/${id}/signals`, { body: { signal: 'go' } });
  const [, ...others] = await spansOf(tracing, 4);
  expect(others.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([
    200, 400, 200,
  ]);
  expect(orphansOf(others)).toEqual([]);
  for (const span of others) expect(span.parentSpanId).toBeUndefined();
});

it('decides for the whole trace whether it is kept', async () => {
  const tracing = await traced(() => false);
  const { json } = await harness.call('POST', '/continuations', { body: GOAL });
  expect((await causeOf((json as { id: string }).id)).cause).toMatch(/-00$/);
  expect(tracing.spans).toEqual([]);
});

it('reading leaves no spans', async () => {
  const tracing = await traced();
  const { json } = await harness.call('POST', '/continuations', { body: GOAL });
  await harness.call('GET', `/continuations/${(json as { id: string }).id}`);
  await harness.call('GET', '/healthz', { token: null });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(tracing.spans).toHaveLength(1);
});
