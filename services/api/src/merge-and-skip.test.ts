import type { ContinuationView, SkipAnswer, StartAnswer } from '@maestro/client/protocol';
import { merge } from '@maestro/recipes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApi, type ApiHarness, type CallOptions } from './testing/api-harness.ts';

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi({ more: [merge] });
});
afterEach(() => api.close());

const NOBODYS = '01J00000000000000000000000';
const DAY_MS = 24 * 3600 * 1000;

async function view(id: string): Promise<ContinuationView> {
  return (await api.call('GET', `/continuations/${id}`)).json as ContinuationView;
}

async function startMerge(body: unknown, options: CallOptions = {}) {
  const { json, httpStatus } = await api.call('POST', '/merges', { body, ...options });
  await api.runtime.idle();
  return { ...(json as StartAnswer), httpStatus };
}

async function signal(id: string, payload: unknown): Promise<void> {
  await api.call('POST', `/continuations/${id}/signals`, { body: { signal: 'go', payload } });
  await api.runtime.idle();
}

describe('a merge', () => {
  it('waits for its parents and completes with what the function makes of them', async () => {
    const parents = [await api.start('wait@1'), await api.start('wait@1')];
    const body = { parents, function: 'collect' };
    const key = { headers: { 'idempotency-key': 'm1' } };
    const started = await startMerge(body, key);
    expect(started).toMatchObject({ httpStatus: 201, created: true, status: 'sleeping' });
    for (const [index, id] of parents.entries()) await signal(id, { index });
    expect(await view(started.id)).toMatchObject({
      status: 'completed',
      result: { value: [{ parent: parents[0] }, { parent: parents[1] }] },
      budget: { capUsd: 10 },
      lineage: { depth: 1 },
    });
    expect(await startMerge(body, key)).toMatchObject({ httpStatus: 200, id: started.id });
  });

  it.each([
    ['of one that does not exist', { parents: [NOBODYS] }, 'continuation.not_found'],
    ['by an unknown function', { function: 'blend' }, 'merge.function_unknown'],
    ['that needs more than there are', { need: 5 }, 'merge.invalid'],
    ['with parameters that do not fit', { parameters: { x: 1 } }, 'merge.invalid'],
    ['for an unknown recipe', { goal: { objective: 'x', recipe: 'none@1' } }, 'recipe.unknown'],
    ['of nothing', { parents: [] }, 'request.invalid'],
  ])('%s is refused', async (_name, more, code) => {
    const id = await api.start('wait@1');
    const body = { parents: [id], function: 'collect', ...more };
    expect((await api.refused('POST', '/merges', { body })).code).toBe(code);
  });

  it("of another tenant's is refused", async () => {
    const body = { parents: [await api.start('wait@1')], function: 'collect' };
    const refusal = await api.refused('POST', '/merges', { body, token: 'globex:bob' });
    expect(refusal.code).toBe('continuation.not_found');
  });
});

describe('time that is skipped', () => {
  it('goes from due time to due time: thirty ticks in thirty days', async () => {
    const id = await api.start('countdown@1', { n: 31, everyMs: DAY_MS });
    const { json } = await api.call('POST', `/continuations/${id}/skip`, {
      body: { ms: 30 * DAY_MS },
    });
    expect(json as SkipAnswer).toMatchObject({ skippedMs: 30 * DAY_MS });
    const { lastWake, tick } = await view(id);
    expect(tick).toBe(31);
    expect(lastWake?.lateMs).toBe(0);
  });

  it('ends with the continuation', async () => {
    const id = await api.start('noop@1', { sleepMs: DAY_MS });
    const { json } = await api.call('POST', `/continuations/${id}/skip`, {
      body: { ms: 9 * DAY_MS },
    });
    expect(json).toMatchObject({ skippedMs: DAY_MS, status: 'completed' });
  });

  it.each([
    [NOBODYS, { ms: 1 }, 'continuation.not_found'],
    [undefined, { ms: 0 }, 'request.invalid'],
    [undefined, { ms: 'long' }, 'request.invalid'],
  ])('is refused for %s %j', async (of, body, code) => {
    const id = of ?? (await api.start('wait@1'));
    expect((await api.refused('POST', `/continuations/${id}/skip`, { body })).code).toBe(code);
  });
});
