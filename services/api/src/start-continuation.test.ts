import { deriveContinuationId, RecipeRegistry, type StoredEvent } from '@maestro/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serveApi } from './serve-api.ts';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

const goal = { objective: 'try it', recipe: 'noop@1', parameters: { sleepMs: 30_000 } };

it('starts a continuation and shows it', async () => {
  const started = await api.call('POST', '/continuations', {
    body: { goal, budget: { capUsd: 2.5 } },
  });
  expect(started.httpStatus).toBe(201);
  const { id } = started.json as { id: string };
  expect(started.json).toEqual({ id, status: 'sleeping', sequence: 4, created: true });
  expect(started.headers.get('location')).toBe(`/continuations/${id}`);
  const shown = await api.call('GET', `/continuations/${id}`);
  expect(shown.httpStatus).toBe(200);
  expect(shown.json).toMatchObject({
    id,
    status: 'sleeping',
    recipe: 'noop@1',
    sequence: 4,
    budget: { capUsd: 2.5, softCapUsd: 2, spentUsd: 0 },
    waitingFor: [{ kind: 'timer' }],
    dueAt: new Date(api.runtime.clock.nowMs() + 30_000).toISOString(),
  });
  const { lastEvents } = shown.json as { lastEvents: StoredEvent[] };
  expect(lastEvents.map(({ type }) => type)).toEqual(['spawn', 'wake', 'step', 'sleep']);
});

it('shows the result of one that has completed', async () => {
  const id = await api.start('noop@1', { sleepMs: 30_000 });
  await api.runtime.advance(30_000);
  const { json } = await api.call('GET', `/continuations/${id}`);
  expect(json).toMatchObject({
    status: 'completed',
    dueAt: null,
    waitingFor: [],
    result: { kind: 'result', value: { steps: 2 } },
    lastWake: { cause: { kind: 'timer' }, lateMs: 0 },
  });
});

it('a wake in the past fires at once', async () => {
  const id = await api.start('noop@1', { wakeAt: '2001-01-01T00:00:00Z' });
  await api.runtime.advance(0);
  const { json } = await api.call('GET', `/continuations/${id}`);
  expect(json).toMatchObject({ status: 'completed' });
});

it('a repeated request with the same key finds what the first one started', async () => {
  const headers = { 'idempotency-key': 'monday brief' };
  const first = await api.call('POST', '/continuations', { body: { goal }, headers });
  expect(first.httpStatus).toBe(201);
  const before = api.rows();
  // The same request, written differently.
  const { objective, recipe, parameters } = goal;
  const again = { goal: { sensitivity: 'internal', parameters, recipe, objective } };
  const second = await api.call('POST', '/continuations', { body: again, headers });
  expect(second.httpStatus).toBe(200);
  expect(second.json).toEqual({ ...(first.json as object), created: false });
  expect(api.rows()).toEqual(before);
  expect((first.json as { id: string }).id).toBe(deriveContinuationId('acme', 'monday brief'));
});

it('a repeated request finds what the first one started even when its recipe is gone', async () => {
  const headers = { 'idempotency-key': 'monday brief' };
  const first = await api.call('POST', '/continuations', { body: { goal }, headers });
  const without = await serveApi(
    { ...api.options, recipes: new RecipeRegistry([]) },
    { host: '127.0.0.1', port: 0, graceMs: 500 },
  );
  try {
    const ask = (key: string): Promise<Response> =>
      fetch(`${without.url}/continuations`, {
        method: 'POST',
        headers: {
          authorization: 'Bearer acme:alice',
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify({ goal }),
      });
    const again = await ask('monday brief');
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual({ ...(first.json as object), created: false });
    expect(await (await ask('tuesday brief')).json()).toMatchObject({ code: 'recipe.unknown' });
  } finally {
    await without.close();
  }
});

it('the same key of another tenant is another request', async () => {
  const headers = { 'idempotency-key': 'k' };
  const ours = await api.call('POST', '/continuations', { body: { goal }, headers });
  const theirs = await api.call('POST', '/continuations', {
    body: { goal: { ...goal, objective: 'something else' } },
    headers,
    token: 'globex:bob',
  });
  expect(theirs.httpStatus).toBe(201);
  expect((theirs.json as { id: string }).id).not.toBe((ours.json as { id: string }).id);
});

it("every event carries the caller's trace, and the log the caller's subject but not the name", async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const started = await api.call('POST', '/continuations', {
    body: { goal },
    headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  });
  const { id } = started.json as { id: string };
  await api.runtime.advance(30_000);
  const { json, text } = await api.call('GET', `/continuations/${id}/events`);
  const { events } = json as { events: StoredEvent[] };
  expect(events).toHaveLength(7);
  for (const event of events) expect(event.trace.traceId).toBe(traceId);
  expect(events[0]?.payload).toMatchObject({ requestedBy: { subject: 'alice' } });
  expect(text).not.toContain('Alice A.');
});

it('makes a root trace where the caller sent none, or a wrong one', async () => {
  const { json } = await api.call('POST', '/continuations', {
    body: { goal },
    headers: { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` },
  });
  const { id } = json as { id: string };
  const shown = await api.call('GET', `/continuations/${id}`);
  const { traceId } = shown.json as { traceId: string };
  expect(traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(traceId).not.toBe('0'.repeat(32));
});

it('takes an explicit soft cap', async () => {
  const { json } = await api.call('POST', '/continuations', {
    body: { goal, budget: { capUsd: 0.3, softCapUsd: 0.1 } },
  });
  const { id } = json as { id: string };
  const shown = await api.call('GET', `/continuations/${id}`);
  expect(shown.json).toMatchObject({ budget: { capUsd: 0.3, softCapUsd: 0.1 } });
});
