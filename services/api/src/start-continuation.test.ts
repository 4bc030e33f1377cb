import { afterEach, beforeEach, expect, it } from 'vitest';
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
  expect((shown.json as { lastEvents: unknown[] }).lastEvents).toHaveLength(4);
});
