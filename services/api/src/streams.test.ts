import { Explanation, type ItemsAnswer, type StartAnswer } from '@maestro/client/protocol';
import { watch } from '@maestro/recipes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi({ more: [watch] });
});
afterEach(() => api.close());

async function publish(stream: string, items: unknown): Promise<ItemsAnswer> {
  const { json, httpStatus } = await api.call('POST', `/streams/${stream}/items`, {
    body: { items },
  });
  expect(httpStatus).toBe(200);
  await api.runtime.idle();
  return json as ItemsAnswer;
}

async function statusOf(id: string): Promise<unknown> {
  return ((await api.call('GET', `/continuations/${id}`)).json as StartAnswer).status;
}

describe('a stream', () => {
  it('is fed, and wakes who waits for an item', async () => {
    const id = await api.start('watch@1', {
      stream: 'arxiv.q-bio',
      predicate: 'item.title.contains("milk")',
    });
    await api.runtime.idle();
    expect(await publish('arxiv.q-bio', [{ id: '1', title: 'bread' }, { id: '2' }])).toEqual({
      taken: 2,
      known: 0,
    });
    expect(await statusOf(id)).toBe('sleeping');
    expect(await publish('arxiv.q-bio', [{ id: '1' }, { id: '3', title: 'milk' }])).toEqual({
      taken: 1,
      known: 1,
    });
    expect(await statusOf(id)).toBe('completed');
  });

  it('is explained: what came near, and why it did not match', async () => {
    const id = await api.start('watch@1', { stream: 'papers', predicate: 'item.title == "milk"' });
    await publish('papers', [{ id: '1', title: 'bread' }]);
    const { json } = await api.call('GET', `/continuations/${id}/explain`);
    const { waitingFor, wakes } = Explanation.parse(json);
    expect(waitingFor[0]?.near).toMatchObject([
      { id: '1', reason: expect.stringContaining('"bread"') },
    ]);
    expect(wakes).toMatchObject([{ kind: 'spawn', lateMs: 0 }]);
  });

  it('is of one tenant', async () => {
    const id = await api.start('watch@1', { stream: 'papers' });
    await api.call('POST', '/streams/papers/items', {
      body: { items: [{ id: '1' }] },
      token: 'globex:bob',
    });
    await api.runtime.idle();
    expect(await statusOf(id)).toBe('sleeping');
  });

  it.each([
    ['Papers!', { items: [{ id: '1' }] }, 'stream.item_invalid', 422],
    ['papers', { items: [{ id: '1' }, { title: 'no id' }] }, 'stream.item_invalid', 422],
    ['papers', { items: [{ id: '1', colour: 'red' }] }, 'stream.item_invalid', 422],
    [
      'papers',
      { items: [{ id: '1', attributes: { a: 'ä'.repeat(70_000) } }] },
      'stream.item_too_large',
      413,
    ],
    ['papers', { items: [] }, 'request.invalid', 400],
    [
      'papers',
      { items: Array.from({ length: 101 }, (_, id) => ({ id: `${id}` })) },
      'request.invalid',
      400,
    ],
    ['papers', {}, 'request.invalid', 400],
  ])('refuses %s %j', async (stream, body, code, status) => {
    const problem = await api.refused('POST', `/streams/${stream}/items`, { body });
    expect({ code: problem.code, status: problem.httpStatus }).toEqual({ code, status });
  });
});
