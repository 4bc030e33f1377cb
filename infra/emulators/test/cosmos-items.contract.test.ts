import type { Container } from '@azure/cosmos';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  inPartition,
  openCosmos,
  type CosmosEndpoint,
  type RestAnswer,
} from './cosmos-support/cosmos-endpoint.ts';

const STALE = '"00000000-0000-0000-0000-000000000000"';

let cosmos: CosmosEndpoint;
let container: Container;
let docs: string;
beforeAll(async () => {
  cosmos = await openCosmos();
  container = await cosmos.newContainer();
  docs = `colls/${container.id}/docs`;
});
afterAll(() => cosmos.close());

function ifMatch(condition: string): { accessCondition: { type: string; condition: string } } {
  return { accessCondition: { type: 'IfMatch', condition } };
}

describe('creating and reading', () => {
  it('stores an item with the system properties', async () => {
    const { statusCode, resource } = await container.items.create({ id: 'system', pk: 'p', n: 1 });
    expect(statusCode).toBe(201);
    expect(resource).toMatchObject({
      n: 1,
      _rid: expect.any(String),
      _self: expect.stringMatching(/^dbs\/.+\/colls\/.+\/docs\/.+\/$/),
      _etag: expect.stringMatching(/^"[\da-f-]{36}"$/),
      _ts: expect.any(Number),
      _attachments: 'attachments/',
    });
    expect(Math.abs(Number(resource?._ts) - Date.now() / 1000)).toBeLessThan(300);
    expect((await container.item('system', 'p').read()).resource).toEqual(resource);
  });

  it('replaces system properties that the client sends by its own', async () => {
    const { resource } = await container.items.create({ id: 'sent', pk: 'p', _etag: '', _ts: 0 });
    expect(resource?._etag).not.toBe('');
    expect(resource?._ts).toBeGreaterThan(0);
  });

  it('refuses a second create of the same id in the partition with 409, and only there', async () => {
    await container.items.create({ id: 'twice', pk: 'p' });
    await expect(container.items.create({ id: 'twice', pk: 'p' })).rejects.toMatchObject({
      code: 409,
    });
    expect((await container.items.create({ id: 'twice', pk: 'q' })).statusCode).toBe(201);
  });

  it('answers 404 for a missing item, and for an item of another partition', async () => {
    await container.items.create({ id: 'here', pk: 'p' });
    expect((await container.item('missing', 'p').read()).statusCode).toBe(404);
    expect((await container.item('here', 'q').read()).statusCode).toBe(404);
  });

  it('answers 304 when the item still has the etag', async () => {
    const { resource } = await container.items.create({ id: 'cached', pk: 'p' });
    const statuses: number[] = [];
    for (const etag of [String(resource?._etag), STALE]) {
      const headers = { ...inPartition('p'), 'if-none-match': etag };
      const { status } = await cosmos.rest({ method: 'GET', path: `${docs}/cached`, headers });
      statuses.push(status);
    }
    expect(statuses).toEqual([304, 200]);
  });

  it('keeps partition keys of every type apart', async () => {
    const values = ['1', 1, true, null];
    for (const pk of values) await container.items.create({ id: 'typed', pk, is: String(pk) });
    await container.items.create({ id: 'typed', is: 'none' });
    for (const pk of values) {
      const { resource } = await container.item('typed', pk).read();
      expect(resource).toMatchObject({ pk });
    }
    const { body } = await cosmos.rest({
      method: 'GET',
      path: `${docs}/typed`,
      headers: inPartition({}),
    });
    expect(body['is']).toBe('none');
  });
});

describe('upsert, replace and delete', () => {
  it('upserts: 201 when new, 200 after that, with another etag each time', async () => {
    const first = await container.items.upsert({ id: 'up', pk: 'p', n: 1 });
    const second = await container.items.upsert({ id: 'up', pk: 'p', n: 2 });
    expect([first.statusCode, second.statusCode]).toEqual([201, 200]);
    expect(second.resource?.['_etag']).not.toBe(first.resource?.['_etag']);
    expect(second.resource?.['_rid']).toBe(first.resource?.['_rid']);
  });

  it('refuses an upsert with a stale If-Match with 412', async () => {
    await container.items.upsert({ id: 'guarded', pk: 'p', n: 1 });
    const stale = container.items.upsert({ id: 'guarded', pk: 'p', n: 2 }, ifMatch(STALE));
    await expect(stale).rejects.toMatchObject({ code: 412 });
    expect((await container.item('guarded', 'p').read()).resource).toMatchObject({ n: 1 });
  });

  it('creates on an upsert with any If-Match when there is no such item', async () => {
    const { statusCode } = await container.items.upsert({ id: 'new', pk: 'p' }, ifMatch(STALE));
    expect(statusCode).toBe(201);
  });

  it('replaces when If-Match holds, and refuses with 412 when it does not', async () => {
    const { item, resource } = await container.items.create({ id: 'rep', pk: 'p', n: 1 });
    const etag = String(resource?._etag);
    const next = await item.replace({ id: 'rep', pk: 'p', n: 2 }, ifMatch(etag));
    expect(next.statusCode).toBe(200);
    const late = item.replace({ id: 'rep', pk: 'p', n: 3 }, ifMatch(etag));
    await expect(late).rejects.toMatchObject({ code: 412 });
    const any = await item.replace({ id: 'rep', pk: 'p', n: 4 }, ifMatch('*'));
    expect(any.resource).toMatchObject({ n: 4 });
  });

  it('answers 404 to a replace or delete of what is not there', async () => {
    const item = container.item('gone', 'p');
    await expect(item.replace({ id: 'gone', pk: 'p' })).rejects.toMatchObject({ code: 404 });
    await expect(item.delete()).rejects.toMatchObject({ code: 404 });
  });

  it('deletes when If-Match holds, and refuses with 412 when it does not', async () => {
    const { item, resource } = await container.items.create({ id: 'del', pk: 'p' });
    await expect(item.delete(ifMatch(STALE))).rejects.toMatchObject({ code: 412 });
    expect((await item.delete(ifMatch(String(resource?._etag)))).statusCode).toBe(204);
    expect((await item.read()).statusCode).toBe(404);
  });

  it('lets one of many concurrent replaces with the same etag win', async () => {
    const { item, resource } = await container.items.create({ id: 'race', pk: 'p', n: 0 });
    const etag = String(resource?._etag);
    const attempts = Array.from({ length: 16 }, (_, n) =>
      item.replace({ id: 'race', pk: 'p', n }, ifMatch(etag)).then(
        () => 200,
        (error: { code: number }) => error.code,
      ),
    );
    const codes = (await Promise.all(attempts)).sort((a, b) => a - b);
    expect(codes).toEqual([200, ...Array.from({ length: 15 }, () => 412)]);
  });

  it('patches: add, set, replace, remove and incr', async () => {
    const { item } = await container.items.create({ id: 'pat', pk: 'p', n: 1, list: [1], x: 1 });
    const { resource } = await item.patch([
      { op: 'add', path: '/list/-', value: 2 },
      { op: 'set', path: '/new', value: { deep: 1 } },
      { op: 'replace', path: '/new/deep', value: 2 },
      { op: 'remove', path: '/x' },
      { op: 'incr', path: '/n', value: 5 },
    ]);
    expect(resource).toMatchObject({ list: [1, 2], new: { deep: 2 }, n: 6 });
    expect(resource).not.toHaveProperty('x');
    const missing = item.patch([{ op: 'remove', path: '/missing' }]);
    await expect(missing).rejects.toMatchObject({ code: 400 });
  });

  it('sends no content back when the client prefers so', async () => {
    const answer = await cosmos.rest({
      method: 'POST',
      path: docs,
      headers: { ...inPartition('p'), prefer: 'return=minimal' },
      body: { id: 'minimal', pk: 'p' },
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({});
    expect(answer.headers.get('etag')).toMatch(/^"/);
  });
});

function post(body: unknown, headers = inPartition('p')): Promise<RestAnswer> {
  return cosmos.rest({ method: 'POST', path: docs, headers, body });
}

function sizedItem(megabytes: number): unknown {
  return { id: `size-${megabytes}`, pk: 'p', text: 'x'.repeat(megabytes * 1024 * 1024) };
}

describe('refusals', () => {
  it('refuses item operations without a partition key with 400', async () => {
    expect((await post({ id: 'a', pk: 'p' }, {})).status).toBe(400);
    expect((await cosmos.rest({ method: 'GET', path: `${docs}/a` })).status).toBe(400);
    expect((await cosmos.rest({ method: 'DELETE', path: `${docs}/a` })).status).toBe(400);
  });

  it('refuses an item whose partition key is not that of the request: 400, substatus 1001', async () => {
    const answer = await post({ id: 'mismatch', pk: 'other' });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-ms-substatus')).toBe('1001');
    expect((await container.item('mismatch', 'other').read()).statusCode).toBe(404);
  });

  it('refuses a partition key header that is malformed or has too many components', async () => {
    const malformed = { 'x-ms-documentdb-partitionkey': 'p' };
    expect((await post({ id: 'a', pk: 'p' }, malformed)).status).toBe(400);
    expect((await post({ id: 'a', pk: 'p' }, inPartition('p', 'q'))).status).toBe(400);
  });

  it('refuses ids with / or \\, an empty id, no id, and more than 1023 bytes', async () => {
    for (const id of ['a/b', 'a\\b', '', undefined, 7, 'x'.repeat(1024)]) {
      const { status } = await post({ id, pk: 'p' });
      expect([id, status]).toEqual([id, 400]);
    }
    expect((await post({ id: 'x'.repeat(255), pk: 'p' })).status).toBe(201);
  });

  it('takes ids and partition keys in any script', async () => {
    const id = 'tenant:één — 東京 %41 +';
    await container.items.create({ id, pk: 'ключ' });
    expect((await container.item(id, 'ключ').read()).resource).toMatchObject({ id });
  });

  it('refuses an item of more than 2 MB with 413 and takes one a little below', async () => {
    expect((await post(sizedItem(2.1))).status).toBe(413);
    expect((await post(sizedItem(1.9))).status).toBe(201);
  });

  it('refuses what is not a JSON object, and a ttl that is no ttl, with 400', async () => {
    expect((await post('{"id":')).status).toBe(400);
    expect((await post('[]')).status).toBe(400);
    expect((await post({ id: 'ttl', pk: 'p', ttl: 0 })).status).toBe(400);
    expect((await post({ id: 'ttl', pk: 'p', ttl: 'soon' })).status).toBe(400);
  });
});
