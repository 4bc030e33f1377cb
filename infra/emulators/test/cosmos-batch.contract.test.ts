import type { Container, OperationInput } from '@azure/cosmos';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  inPartition,
  openCosmos,
  type CosmosEndpoint,
  type RestAnswer,
} from './cosmos-support/cosmos-endpoint.ts';

const STALE = '"00000000-0000-0000-0000-000000000000"';

let cosmos: CosmosEndpoint;
let container: Container;
beforeAll(async () => {
  cosmos = await openCosmos();
});
beforeEach(async () => {
  container = await cosmos.newContainer();
});
afterAll(() => cosmos.close());

async function batch(...operations: OperationInput[]): Promise<[number, number[]]> {
  const { code, result } = await container.items.batch(operations, 'p');
  return [code ?? 0, (result ?? []).map(({ statusCode }) => statusCode)];
}

function create(id: string, more: Record<string, string | number> = {}): OperationInput {
  return { operationType: 'Create', resourceBody: { id, pk: 'p', ...more } };
}

function rest(body: unknown, headers: Record<string, string> = {}): Promise<RestAnswer> {
  return cosmos.rest({
    method: 'POST',
    path: `colls/${container.id}/docs`,
    headers: {
      ...inPartition('p'),
      'x-ms-cosmos-is-batch-request': 'True',
      'x-ms-cosmos-batch-atomic': 'True',
      ...headers,
    },
    body,
  });
}

async function ids(): Promise<string[]> {
  const { resources } = await container.items.readAll<{ id: string }>().fetchAll();
  return resources.map(({ id }) => id).sort();
}

describe('a transactional batch that succeeds', () => {
  it('runs every kind of operation in order, each seeing the ones before', async () => {
    await container.items.create({ id: 'old', pk: 'p', n: 1 });
    const { code, result } = await container.items.batch(
      [
        create('new', { n: 1 }),
        { operationType: 'Upsert', resourceBody: { id: 'new', pk: 'p', n: 2 } },
        { operationType: 'Replace', id: 'new', resourceBody: { id: 'new', pk: 'p', n: 3 } },
        { operationType: 'Read', id: 'new' },
        {
          operationType: 'Patch',
          id: 'old',
          resourceBody: { operations: [{ op: 'incr', path: '/n', value: 1 }] },
        },
        { operationType: 'Delete', id: 'new' },
        create('new', { n: 4 }),
      ],
      'p',
    );
    expect(code).toBe(200);
    expect(result?.map(({ statusCode }) => statusCode)).toEqual([
      201, 200, 200, 200, 200, 204, 201,
    ]);
    expect(result?.[3]?.resourceBody).toMatchObject({ n: 3 });
    expect((await container.item('new', 'p').read()).resource).toMatchObject({ n: 4 });
    expect((await container.item('old', 'p').read()).resource).toMatchObject({ n: 2 });
  });

  it('answers each written item with its etag and charge', async () => {
    const { result } = await container.items.batch([create('a')], 'p');
    const { resource } = await container.item('a', 'p').read();
    expect(result?.[0]).toMatchObject({ eTag: resource?._etag, resourceBody: { id: 'a' } });
    expect(result?.[0]?.requestCharge).toBeGreaterThan(0);
  });

  it('leaves bodies of writes out when the client prefers so, and keeps the codes', async () => {
    const answer = await rest([create('a'), { operationType: 'Read', id: 'a' }], {
      prefer: 'return=minimal',
    });
    expect(answer.status).toBe(200);
    const results = answer.body as unknown as Record<string, unknown>[];
    expect(results.map(({ statusCode }) => statusCode)).toEqual([201, 200]);
    expect(results[0]).not.toHaveProperty('resourceBody');
  });

  it('takes 100 operations', async () => {
    const operations = Array.from({ length: 100 }, (_, n) => create(`n${n}`));
    const [code, statuses] = await batch(...operations);
    expect(code).toBe(200);
    expect(new Set(statuses)).toEqual(new Set([201]));
    expect(await ids()).toHaveLength(100);
  });

  it('creates on an upsert with any ifMatch when there is no such item', async () => {
    const upsert = { id: 'first', pk: 'p' };
    const answer = await rest([{ operationType: 'Upsert', resourceBody: upsert, ifMatch: STALE }]);
    expect(answer.status).toBe(200);
  });
});

describe('a transactional batch that fails', () => {
  it('writes nothing when a create finds its id taken: 409, all others 424', async () => {
    await container.items.create({ id: 'taken', pk: 'p', n: 1 });
    const outcome = await batch(create('a'), create('taken', { n: 2 }), create('b'));
    expect(outcome).toEqual([207, [424, 409, 424]]);
    expect(await ids()).toEqual(['taken']);
    expect((await container.item('taken', 'p').read()).resource).toMatchObject({ n: 1 });
  });

  it('names the codes too when the client prefers no content', async () => {
    await container.items.create({ id: 'taken', pk: 'p' });
    const answer = await rest([create('a'), create('taken')], { prefer: 'return=minimal' });
    expect(answer.status).toBe(207);
    const results = answer.body as unknown as { statusCode: number }[];
    expect(results.map(({ statusCode }) => statusCode)).toEqual([424, 409]);
  });

  it('undoes deletes and replaces that ran before the failure', async () => {
    await container.items.create({ id: 'kept', pk: 'p', n: 1 });
    await container.items.create({ id: 'changed', pk: 'p', n: 1 });
    const outcome = await batch(
      { operationType: 'Delete', id: 'kept' },
      { operationType: 'Upsert', resourceBody: { id: 'changed', pk: 'p', n: 2 } },
      { operationType: 'Read', id: 'missing' },
    );
    expect(outcome).toEqual([207, [424, 424, 404]]);
    expect((await container.item('kept', 'p').read()).resource).toMatchObject({ n: 1 });
    expect((await container.item('changed', 'p').read()).resource).toMatchObject({ n: 1 });
  });

  it('answers 412 to a stale ifMatch of an upsert, replace, patch or delete', async () => {
    await container.items.create({ id: 'a', pk: 'p' });
    const body = { id: 'a', pk: 'p' };
    const patch = { operations: [{ op: 'set', path: '/x', value: 1 }] };
    const stale: OperationInput[] = [
      { operationType: 'Upsert', resourceBody: body, ifMatch: STALE },
      { operationType: 'Replace', id: 'a', resourceBody: body, ifMatch: STALE },
      { operationType: 'Patch', id: 'a', resourceBody: patch as never, ifMatch: STALE },
      { operationType: 'Delete', id: 'a', ifMatch: STALE },
    ] as never;
    for (const operation of stale) {
      expect(await batch(create('b'), operation)).toEqual([207, [424, 412]]);
    }
    expect(await ids()).toEqual(['a']);
  });

  it('answers 404 to a replace or delete of what is not there', async () => {
    const replace = { id: 'no', pk: 'p' };
    expect(await batch({ operationType: 'Delete', id: 'no' })).toEqual([207, [404]]);
    expect(await batch({ operationType: 'Replace', id: 'no', resourceBody: replace })).toEqual([
      207,
      [404],
    ]);
  });

  it('refuses an item of another partition with 400 for its operation', async () => {
    const other = { operationType: 'Create', resourceBody: { id: 'x', pk: 'q' } } as const;
    expect(await batch(create('a'), other)).toEqual([207, [424, 400]]);
    expect(await ids()).toEqual([]);
  });

  it('lets one of many concurrent batches that create the same row win', async () => {
    const attempts = Array.from({ length: 16 }, (_, n) => batch(create(`own-${n}`), create('row')));
    const codes = (await Promise.all(attempts)).map(([code]) => code).sort((a, b) => a - b);
    expect(codes).toEqual([200, ...Array.from({ length: 15 }, () => 207)]);
    expect(await ids()).toHaveLength(2);
  });
});

describe('a transactional batch that is refused as a whole', () => {
  it('has 101 operations: 400, nothing written', async () => {
    const operations = Array.from({ length: 101 }, (_, n) => create(`n${n}`));
    expect((await rest(operations)).status).toBe(400);
    expect(await ids()).toEqual([]);
  });

  it('has more than 2 MB: 413, nothing written', async () => {
    const text = 'x'.repeat(700 * 1024);
    expect(
      (await rest([create('a', { text }), create('b', { text }), create('c', { text })])).status,
    ).toBe(413);
    expect(await ids()).toEqual([]);
  });

  it('has no operations or is no list: 400', async () => {
    expect((await rest([])).status).toBe(400);
    expect((await rest({})).status).toBe(400);
  });

  it('names no partition: 400', async () => {
    const answer = await cosmos.rest({
      method: 'POST',
      path: `colls/${container.id}/docs`,
      headers: { 'x-ms-cosmos-is-batch-request': 'True', 'x-ms-cosmos-batch-atomic': 'True' },
      body: [create('a')],
    });
    expect(answer.status).toBe(400);
  });
});

describe('bulk operations', () => {
  it('stand each for itself, over partitions', async () => {
    await container.items.create({ id: 'taken', pk: 'p' });
    const results = await container.items.executeBulkOperations([
      { operationType: 'Create', partitionKey: 'p', resourceBody: { id: 'taken', pk: 'p' } },
      { operationType: 'Create', partitionKey: 'q', resourceBody: { id: 'free', pk: 'q' } },
    ]);
    const codes = results.map(({ response, error }) => response?.statusCode ?? error?.code);
    expect(codes).toEqual([409, 201]);
    expect(await ids()).toEqual(['free', 'taken']);
  });
});
