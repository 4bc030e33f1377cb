import { ContinuationView, type ForkAnswer } from '@maestro/client/protocol';
import { MaestroError } from '@maestro/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApi, type ApiHarness, type CallOptions } from './testing/api-harness.ts';

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

const NOBODYS = '01J00000000000000000000000';
/** Event by which a fresh `wait@1` has fallen asleep. */
const ASLEEP = 4;
const WORDS = Array.from({ length: 50 }, (_, index) => `${index}`.padEnd(90, 'x'));

async function fork(
  id: string,
  body: unknown = {},
  options: CallOptions = {},
): Promise<ForkAnswer & { readonly httpStatus: number }> {
  const { json, httpStatus } = await api.call('POST', `/continuations/${id}/forks`, {
    body,
    ...options,
  });
  await api.runtime.idle();
  return { ...(json as ForkAnswer), httpStatus };
}

async function refused(
  id: string,
  body: unknown,
  options: CallOptions = {},
): ReturnType<ApiHarness['refused']> {
  return api.refused('POST', `/continuations/${id}/forks`, { body, ...options });
}

async function view(id: string): Promise<ContinuationView> {
  return ContinuationView.parse((await api.call('GET', `/continuations/${id}`)).json);
}

describe('a fork', () => {
  it('without a word is one plain copy, with half of what is left', async () => {
    const id = await api.start('wait@1');
    const { httpStatus, changed, sequence, children } = await fork(id);
    expect({ httpStatus, changed, sequence }).toEqual({
      httpStatus: 201,
      changed: true,
      sequence: ASLEEP + 1,
    });
    const [child = ''] = children;
    expect(children).toHaveLength(1);
    expect(await view(child)).toMatchObject({
      status: 'sleeping',
      goal: { objective: 'try it' },
      budget: { capUsd: 2.5 },
      lineage: { root: id, parents: [{ id, kind: 'fork', sequence: ASLEEP }], depth: 1 },
      children: 0,
    });
    expect(await view(id)).toMatchObject({ children: 1, budget: { grantedUsd: 2.5 } });
  });

  it('gives each child what it names', async () => {
    const id = await api.start('wait@1', { signal: 'go' });
    const { children } = await fork(id, {
      from: ASLEEP,
      children: [
        { objective: 'another way', tags: ['b'], budget: { capUsd: 1.25 } },
        { parameters: { signal: 'stop' } },
        {},
      ],
    });
    const [first, second, third] = await Promise.all(children.map(view));
    expect(first).toMatchObject({
      goal: { objective: 'another way', tags: ['b'] },
      budget: { capUsd: 1.25 },
    });
    expect(second).toMatchObject({ goal: { parameters: { signal: 'stop' } } });
    expect(third).toMatchObject({ goal: { parameters: { signal: 'go' } } });
    expect(second?.budget.capUsd).toBe(1.25);
  });

  it('of one that has ended goes on from before its end', async () => {
    const id = await api.start('noop@1', { sleepMs: 1000 });
    await api.runtime.advance(2000);
    expect((await view(id)).status).toBe('completed');
    const { children } = await fork(id, { from: ASLEEP });
    await api.runtime.advance(10);
    expect((await view(children[0] ?? '')).status).toBe('completed');
  });

  it('is made once for each idempotency key, and anew without one', async () => {
    const id = await api.start('wait@1');
    const headers = { 'idempotency-key': 'once' };
    const first = await fork(id, {}, { headers });
    const again = await fork(id, {}, { headers });
    expect(again).toEqual({ ...first, httpStatus: 200, changed: false });
    expect((await fork(id)).children).not.toEqual(first.children);
    expect((await view(id)).children).toBe(2);
  });

  it('says who asked', async () => {
    const id = await api.start('wait@1');
    const { children } = await fork(id);
    const { lastEvents } = await view(children[0] ?? '');
    expect(lastEvents[0]?.payload).toMatchObject({ requestedBy: { subject: 'alice' } });
  });
});

describe('a fork that is refused writes nothing:', () => {
  it('of nothing, of what belongs to somebody else, and under no id', async () => {
    const id = await api.start('wait@1');
    expect((await refused(NOBODYS, {})).code).toBe('continuation.not_found');
    const token = 'globex:bob';
    expect((await refused(id, {}, { token })).code).toBe('continuation.not_found');
    expect((await refused('xyz', {})).code).toBe('id.invalid');
    expect((await refused(id, {}, { token: null })).code).toBe('auth.missing');
  });

  it.each([
    ['from an event that there is not', { from: 99 }, 404, 'fork.event_missing'],
    ['from the middle of a commit', { from: 3 }, 422, 'fork.event_unusable'],
    [
      'with more than is left',
      { children: [{ budget: { capUsd: 3 } }, { budget: { capUsd: 2.000001 } }] },
      422,
      'budget.exceeded',
    ],
    [
      'with parameters that do not fit',
      { children: [{}, { parameters: { signal: 7 } }] },
      422,
      'recipe.parameters_invalid',
    ],
    [
      'too large for one event',
      { children: Array.from({ length: 100 }, () => ({ tags: WORDS })) },
      413,
      'event.too_large',
    ],
  ] as const)('%s', async (_name, body, status, code) => {
    const id = await api.start('wait@1');
    const problem = await refused(id, body);
    expect({ status: problem.status, code: problem.code }).toEqual({ status, code });
    if (code === 'recipe.parameters_invalid') {
      expect(problem.errors?.[0]?.at).toBe('/children/1/parameters/signal');
    }
  });

  it('from its end', async () => {
    const id = await api.start('wait@1');
    await api.call('POST', `/continuations/${id}/signals`, { body: { signal: 'kill' } });
    expect((await refused(id, {})).code).toBe('fork.event_unusable');
  });

  it('with more children than its tenant allows', async () => {
    const id = await api.start('wait@1');
    const hundred = { children: Array.from({ length: 100 }, () => ({ budget: { capUsd: 0 } })) };
    for (let times = 0; times < 10; times++) await fork(id, hundred);
    expect((await refused(id, {})).code).toBe('fork.too_wide');
  });

  it('further below the root than its tenant allows', async () => {
    let id = await api.start('wait@1');
    for (let depth = 1; depth <= 16; depth++) id = (await fork(id)).children[0] ?? '';
    expect((await refused(id, {})).code).toBe('fork.too_deep');
  });

  it('of one that is sealed', async () => {
    const id = await api.start('wait@1');
    const token = 'acme:olga:operator';
    await api.call('POST', `/continuations/${id}/signals`, { body: { signal: 'seal' }, token });
    expect((await refused(id, {})).code).toBe('continuation.sealed');
  });

  it('another one under an idempotency key that was used', async () => {
    const id = await api.start('wait@1');
    const headers = { 'idempotency-key': 'once' };
    await fork(id, {}, { headers });
    const { code } = await refused(id, { children: [{}, {}] }, { headers });
    expect(code).toBe('idempotency.conflict');
    await api.call('POST', `/continuations/${id}/signals`, {
      body: { signal: 'pause' },
      headers: { 'idempotency-key': 'signal' },
    });
    const other = await refused(id, {}, { headers: { 'idempotency-key': 'signal' } });
    expect(other.code).toBe('idempotency.conflict');
  });

  it.each([
    ['is an array', [], ''],
    ['is from before the first event', { from: 0 }, '/from'],
    ['makes no children', { children: [] }, '/children'],
    [
      'makes more than a hundred',
      { children: Array.from({ length: 101 }, () => ({})) },
      '/children',
    ],
    ['has a field too many', { children: [{}], budget: 1 }, ''],
    ['has an empty objective', { children: [{ objective: '' }] }, '/children/0/objective'],
    ['names another recipe', { children: [{ recipe: 'noop@1' }] }, '/children/0'],
    ['has a negative cap', { children: [{ budget: { capUsd: -1 } }] }, '/children/0/budget/capUsd'],
    ['lacks the cap', { children: [{ budget: {} }] }, '/children/0/budget/capUsd'],
  ])('whose body %s', async (_name, body, at) => {
    const problem = await refused(await api.start('wait@1'), body);
    expect(problem.code).toBe('request.invalid');
    expect(problem.errors?.map((error) => error.at)).toContain(at);
  });

  it('whose key is not printable', async () => {
    const headers = { 'idempotency-key': 'caf\u00e9' };
    expect((await refused(await api.start('wait@1'), {}, { headers })).code).toBe(
      'request.invalid',
    );
  });
});

it('passes on what the way to the continuation says', async () => {
  await api.close();
  api = await startApi({
    continuations: {
      send: () => Promise.reject(new MaestroError('commit.outcome_unknown', 'ask again')),
    },
  });
  const problem = await api.refused('POST', `/continuations/${NOBODYS}/forks`, { body: {} });
  expect(problem).toMatchObject({ status: 503, code: 'commit.outcome_unknown', retryable: true });
});
