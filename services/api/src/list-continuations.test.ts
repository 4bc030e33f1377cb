import type { ContinuationList } from '@maestro/client/protocol';
import { MaestroError } from '@maestro/core';
import { afterEach, expect, it } from 'vitest';
import type { ModelLife, ModelQuery, ReadModel } from './read-model/read-model.ts';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

const START_MS = Date.parse('2026-01-01T00:00:00.000Z');

/** Five lives, the newest first; two of them began at the same instant. */
const lives: readonly ModelLife[] = [50, 40, 40, 30, 20].map((seconds, index) => ({
  id: `01J0000000000000000000000${5 - index}`,
  status: 'sleeping',
  recipe: 'wait@1',
  objective: `objective ${index}`,
  root: `01J0000000000000000000000${5 - index}`,
  depth: 0,
  tick: 1,
  events: 4,
  children: 0,
  spentMicroUsd: 1_500_000,
  createdAtMs: START_MS + seconds * 1000,
  lastEventAtMs: START_MS + seconds * 1000 + 5,
  finishedAtMs: null,
  dueAtMs: START_MS + seconds * 60_000,
}));

let asked: ModelQuery[] = [];
const readModel: ReadModel = {
  erase: async () => undefined,
  replay: async ({ id }) =>
    id === lives[0]?.id ? { outcome: 'behind', sequence: 3, missing: 1 } : undefined,
  figures: () => Promise.reject(new Error('nobody asks for figures')),
  list: async (query) => {
    asked.push(query);
    const from = query.after ? lives.findIndex(({ id }) => id === query.after?.id) + 1 : 0;
    return { builtAtMs: START_MS, lives: lives.slice(from, from + query.limit) };
  },
};

let api: ApiHarness;
afterEach(() => api.close());

async function list(query: string): Promise<ContinuationList> {
  return (await api.call('GET', `/continuations${query}`)).json as ContinuationList;
}

it('lists page by page', async () => {
  api = await startApi({ readModel });
  const seen: string[] = [];
  let cursor = '';
  for (let pages = 0; pages < 3; pages++) {
    const page = await list(`?limit=2${cursor}`);
    seen.push(...page.continuations.map(({ id }) => id));
    cursor = `&cursor=${page.next}`;
    expect(page.next === null).toBe(pages === 2);
    expect(page.asOf).toBe('2026-01-01T00:00:00.000Z');
  }
  expect(seen).toEqual(lives.map(({ id }) => id));
  expect((await list('')).continuations[0]).toEqual({
    id: '01J00000000000000000000005',
    status: 'sleeping',
    recipe: 'wait@1',
    objective: 'objective 0',
    root: '01J00000000000000000000005',
    depth: 0,
    tick: 1,
    events: 4,
    children: 0,
    spentUsd: 1.5,
    createdAt: '2026-01-01T00:00:50.000Z',
    lastEventAt: '2026-01-01T00:00:50.005Z',
    finishedAt: null,
    dueAt: '2026-01-01T00:50:00.000Z',
  });
});

it('goes on where it was with what is due, and takes no cursor of another order', async () => {
  api = await startApi({ readModel });
  asked = [];
  const dueBy = 'dueBy=2026-01-01T03:00:00%2B01:00';
  const { next } = await list(`?${dueBy}&limit=1&tag=x`);
  await list(`?${dueBy}&limit=1&tag=x&cursor=${next}`);
  const same = { tenant: 'acme', tag: 'x', dueByMs: START_MS + 2 * 3_600_000, limit: 2 };
  expect(asked).toEqual([
    same,
    { ...same, after: expect.objectContaining({ dueAtMs: START_MS + 50 * 60_000 }) },
  ]);
  expect(await api.refused('GET', `/continuations?cursor=${next}`)).toMatchObject({
    code: 'request.unprocessable',
    detail: expect.stringContaining('of another list'),
  });
});

it('asks for the own tenant, with everything that was given', async () => {
  api = await startApi({ readModel });
  asked = [];
  const root = lives[0]?.id;
  await list(
    `?status=paused&recipe=wait@1&root=${root}&since=2026-01-01T02:00:00%2B01:00&search=a%25b&tag=t%2F1`,
  );
  expect(asked).toEqual([
    {
      tenant: 'acme',
      status: 'paused',
      recipe: 'wait@1',
      root,
      sinceMs: START_MS + 3_600_000,
      search: 'a%b',
      tag: 't/1',
      limit: 101,
      after: undefined,
    },
  ]);
});

it.each([
  'status=dreaming',
  'recipe=wait',
  'root=x',
  'since=yesterday',
  'search=',
  'tag=',
  'dueBy=soon',
  'limit=0',
  'limit=1001',
  'tenant=globex',
])('refuses %s', async (query) => {
  api = await startApi({ readModel });
  expect(await api.refused('GET', `/continuations?${query}`)).toMatchObject({
    httpStatus: 400,
    code: 'request.invalid',
  });
});

it.each([
  'cursor=bm8',
  `cursor=${Buffer.from('["created",9000000000000000,"x"]').toString('base64url')}`,
  'search=%00',
  'tag=%00',
])('refuses %s, which its schema lets through', async (query) => {
  api = await startApi({ readModel });
  expect(await api.refused('GET', `/continuations?${query}`)).toMatchObject({
    httpStatus: 422,
    code: 'request.unprocessable',
  });
});

it('says when there is no warehouse, or it does not answer', async () => {
  api = await startApi();
  expect(await api.refused('GET', '/continuations')).toMatchObject({
    httpStatus: 503,
    code: 'warehouse.unavailable',
  });
  await api.close();
  const away = new MaestroError('warehouse.unavailable', 'the warehouse cannot be asked');
  api = await startApi({ readModel: { ...readModel, list: () => Promise.reject(away) } });
  expect(await api.refused('GET', '/continuations')).toMatchObject({
    code: 'warehouse.unavailable',
  });
});

it('tells what a replay found, and refuses one of a continuation that is not there', async () => {
  api = await startApi({ readModel });
  const { json } = await api.call('GET', `/continuations/${lives[0]?.id}/replay`);
  expect(json).toEqual({ outcome: 'behind', sequence: 3, missing: 1 });
  const { code } = await api.refused('GET', `/continuations/${lives[1]?.id}/replay`);
  expect(code).toBe('continuation.not_found');
});
