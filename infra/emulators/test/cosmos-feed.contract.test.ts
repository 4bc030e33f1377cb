import {
  ChangeFeedStartFrom,
  StatusCodes,
  type ChangeFeedIteratorOptions,
  type Container,
} from '@azure/cosmos';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inPartition, openCosmos, type CosmosEndpoint } from './cosmos-support/cosmos-endpoint.ts';

let cosmos: CosmosEndpoint;
let container: Container;
beforeAll(async () => {
  cosmos = await openCosmos();
});
beforeEach(async () => {
  container = await cosmos.newContainer();
});
afterAll(() => cosmos.close());

/** Reads a feed until it has nothing new. */
async function drain(
  options: ChangeFeedIteratorOptions,
): Promise<{ ids: string[]; token: string; items: Record<string, unknown>[] }> {
  const items: Record<string, unknown>[] = [];
  let token = '';
  for await (const page of container.items
    .getChangeFeedIterator<Record<string, unknown>>(options)
    .getAsyncIterator()) {
    token = page.continuationToken;
    if (page.statusCode === StatusCodes.NotModified) break;
    items.push(...page.result);
  }
  return { ids: items.map(({ id }) => String(id)), token, items };
}

const fromBeginning = { changeFeedStartFrom: ChangeFeedStartFrom.Beginning() };

describe('the change feed', () => {
  it('gives each item once in its latest version, in the order of the changes', async () => {
    for (const id of ['a', 'b', 'c']) await container.items.create({ id, pk: 'p', n: 1 });
    await container.items.upsert({ id: 'a', pk: 'p', n: 2 });
    const { ids, items } = await drain(fromBeginning);
    expect(ids).toEqual(['b', 'c', 'a']);
    expect(items.at(-1)).toMatchObject({ id: 'a', n: 2 });
  });

  it('goes on from a continuation token, and has nothing new until something changes', async () => {
    await container.items.create({ id: 'a', pk: 'p' });
    const { token } = await drain(fromBeginning);
    const later = { changeFeedStartFrom: ChangeFeedStartFrom.Continuation(token) };
    expect((await drain(later)).ids).toEqual([]);
    await container.items.create({ id: 'b', pk: 'q' });
    expect((await drain(later)).ids).toEqual(['b']);
  });

  it('comes in pages and says nothing of deleted items', async () => {
    for (let n = 0; n < 7; n += 1) await container.items.create({ id: `i${n}`, pk: 'p' });
    await container.item('i3', 'p').delete();
    const { ids } = await drain({ ...fromBeginning, maxItemCount: 2 });
    expect(ids).toEqual(['i0', 'i1', 'i2', 'i4', 'i5', 'i6']);
  });

  it('keeps the items of a transaction on one page', async () => {
    const operations = Array.from({ length: 5 }, (_, n) => ({
      operationType: 'Create' as const,
      resourceBody: { id: `t${n}`, pk: 'p' },
    }));
    await container.items.batch(operations, 'p');
    await container.items.create({ id: 'after', pk: 'p' });
    const iterator = container.items.getChangeFeedIterator({ ...fromBeginning, maxItemCount: 2 });
    expect((await iterator.readNext()).result).toHaveLength(5);
    expect((await iterator.readNext()).result).toHaveLength(1);
  });

  it('is of one partition key when asked so', async () => {
    await container.items.create({ id: 'a', pk: 'p' });
    await container.items.create({ id: 'b', pk: 'q' });
    const changeFeedStartFrom = ChangeFeedStartFrom.Beginning('q');
    expect((await drain({ changeFeedStartFrom })).ids).toEqual(['b']);
  });

  it('begins now when asked so', async () => {
    await container.items.create({ id: 'before', pk: 'p' });
    const iterator = container.items.getChangeFeedIterator({
      changeFeedStartFrom: ChangeFeedStartFrom.Now(),
    });
    const first = await iterator.readNext();
    expect(first.statusCode).toBe(StatusCodes.NotModified);
    await container.items.create({ id: 'after', pk: 'p' });
    expect((await iterator.readNext()).result).toMatchObject([{ id: 'after' }]);
  });

  it('begins at a time when asked so', async () => {
    await container.items.create({ id: 'before', pk: 'p' });
    await delay(2100);
    const changeFeedStartFrom = ChangeFeedStartFrom.Time(new Date(Date.now() - 1000));
    await container.items.create({ id: 'after', pk: 'p' });
    expect((await drain({ changeFeedStartFrom })).ids).toEqual(['after']);
  });

  it('answers 304 with the same etag by hand when nothing is new', async () => {
    await container.items.create({ id: 'a', pk: 'p' });
    const read = (etag: Record<string, string>) =>
      cosmos.rest({
        method: 'GET',
        path: `colls/${container.id}/docs`,
        headers: { ...inPartition('p'), 'a-im': 'Incremental feed', ...etag },
      });
    const first = await read({});
    expect(first.status).toBe(200);
    const etag = first.headers.get('etag') ?? '';
    const second = await read({ 'if-none-match': etag });
    expect([second.status, second.headers.get('etag')]).toEqual([304, etag]);
  });
});

async function isThere(of: Container, id: string): Promise<boolean> {
  return (await of.item(id, 'p').read()).statusCode === 200;
}

describe('time to live', () => {
  it('ends items by their own ttl, by the default of the container, or never', async () => {
    const byDefault = await cosmos.newContainer(1);
    await container.items.create({ id: 'short', pk: 'p', ttl: 1 });
    await container.items.create({ id: 'none', pk: 'p' });
    await byDefault.items.create({ id: 'default', pk: 'p' });
    await byDefault.items.create({ id: 'never', pk: 'p', ttl: -1 });
    expect(await isThere(container, 'short')).toBe(true);
    await delay(3000);
    expect(await isThere(container, 'short')).toBe(false);
    expect(await isThere(container, 'none')).toBe(true);
    expect(await isThere(byDefault, 'default')).toBe(false);
    expect(await isThere(byDefault, 'never')).toBe(true);
  });

  it('hides what has ended from queries and the change feed, and frees its id', async () => {
    await container.items.create({ id: 'a', pk: 'p', ttl: 1 });
    await container.items.create({ id: 'b', pk: 'p' });
    await delay(3000);
    const { resources } = await container.items.query('SELECT VALUE c.id FROM c').fetchAll();
    expect(resources).toEqual(['b']);
    expect((await drain(fromBeginning)).ids).toEqual(['b']);
    expect((await container.items.create({ id: 'a', pk: 'p' })).statusCode).toBe(201);
  });

  it('counts another default of the container for the items that are there', async () => {
    await container.items.create({ id: 'a', pk: 'p' });
    const partitionKey = { paths: ['/pk'] };
    await container.replace({ id: container.id, partitionKey, defaultTtl: 1 });
    await delay(3000);
    expect(await isThere(container, 'a')).toBe(false);
  });

  it('ends nothing in a container without a default', async () => {
    const created = await cosmos.database.containers.create({
      id: 'without-ttl',
      partitionKey: { paths: ['/pk'] },
    });
    await created.container.items.create({ id: 'a', pk: 'p', ttl: 1 });
    await delay(2500);
    expect(await isThere(created.container, 'a')).toBe(true);
  });
});
