import type { Container, FeedOptions, JSONValue, SqlQuerySpec } from '@azure/cosmos';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  inPartition,
  isRealAccount,
  openCosmos,
  type CosmosEndpoint,
} from './cosmos-support/cosmos-endpoint.ts';

let cosmos: CosmosEndpoint;
let container: Container;
beforeAll(async () => {
  cosmos = await openCosmos();
  container = await cosmos.newContainer();
  for (let n = 0; n < 30; n += 1) {
    await container.items.create({
      id: `i${String(n).padStart(2, '0')}`,
      pk: `p${n % 3}`,
      n,
      tags: n % 2 === 0 ? ['even', 'any'] : ['any'],
      deep: { name: n % 5 === 0 ? 'fifth' : 'other' },
      ...(n < 3 && { rare: true }),
    });
  }
});
afterAll(() => cosmos.close());

async function run(query: string | SqlQuerySpec, options: FeedOptions = {}): Promise<unknown[]> {
  const { resources } = await container.items.query<unknown>(query, options).fetchAll();
  return resources;
}

async function numbers(
  where: string,
  parameters: Record<string, JSONValue> = {},
): Promise<unknown> {
  const found = await run({
    query: `SELECT VALUE c.n FROM c WHERE ${where}`,
    parameters: Object.entries(parameters).map(([name, value]) => ({ name, value })),
  });
  return (found as number[]).sort((a, b) => a - b);
}

function rest(query: unknown, headers: Record<string, string>) {
  return cosmos.rest({
    method: 'POST',
    path: `colls/${container.id}/docs`,
    headers: {
      'x-ms-documentdb-isquery': 'True',
      'content-type': 'application/query+json',
      ...headers,
    },
    body: typeof query === 'string' ? { query } : query,
  });
}

describe('filters', () => {
  it('compares', async () => {
    expect(await numbers('c.n = 4')).toEqual([4]);
    expect(await numbers('c.n >= 28 AND c.n != 29')).toEqual([28]);
    expect(await numbers('c.n < 1 OR c.n > 28')).toEqual([0, 29]);
    expect(await numbers('c.n <= 3 AND NOT (c.n = 2 OR c.n = 1)')).toEqual([0, 3]);
  });

  it('takes parameters, IN and bracketed names', async () => {
    const parameters = { '@a': 'i01', '@b': 'i02' };
    expect(await numbers('c.id IN (@a, @b)', parameters)).toEqual([1, 2]);
    expect(await numbers('c["deep"][\'name\'] = @name', { '@name': 'fifth' })).toHaveLength(6);
  });

  it('knows ARRAY_CONTAINS, STARTSWITH and IS_DEFINED', async () => {
    expect(await numbers('ARRAY_CONTAINS(c.tags, "even")')).toHaveLength(15);
    expect(await numbers('ARRAY_CONTAINS(@ids, c.id)', { '@ids': ['i05', 'no'] })).toEqual([5]);
    expect(await numbers('STARTSWITH(c.id, "i1") AND c.n < 12')).toEqual([10, 11]);
    expect(await numbers('IS_DEFINED(c.rare)')).toEqual([0, 1, 2]);
  });

  it('leaves out items of which the property is missing or of another type', async () => {
    expect(await numbers('c.rare = true')).toEqual([0, 1, 2]);
    expect(await numbers('c.missing != 1')).toEqual([]);
    expect(await numbers('c.n > "a"')).toEqual([]);
  });
});

describe('results', () => {
  it('selects whole items, fields and values', async () => {
    expect(await run('SELECT * FROM c WHERE c.n = 1')).toMatchObject([
      { id: 'i01', _ts: expect.any(Number) },
    ]);
    expect(await run('SELECT c.id, c.deep.name AS called, c.rare FROM c WHERE c.n = 5')).toEqual([
      { id: 'i05', called: 'fifth' },
    ]);
    expect(await run('SELECT VALUE root.id FROM root WHERE root.n = 7')).toEqual(['i07']);
  });

  it('counts in one partition and over all', async () => {
    const query = 'SELECT VALUE COUNT(1) FROM c';
    expect(await run(query)).toEqual([30]);
    expect(await run(query, { partitionKey: 'p0' })).toEqual([10]);
    expect(await run(`${query} WHERE c.n > 100`)).toEqual([0]);
  });

  it('orders, in one partition and over all', async () => {
    const all = await run('SELECT VALUE c.n FROM c ORDER BY c.n DESC');
    expect(all).toEqual(Array.from({ length: 30 }, (_, n) => 29 - n));
    const one = await run('SELECT VALUE c.n FROM c WHERE c.n > 20 ORDER BY c.n', {
      partitionKey: 'p0',
    });
    expect(one).toEqual([21, 24, 27]);
  });

  it('takes the first by TOP and a part by OFFSET LIMIT', async () => {
    expect(await run('SELECT TOP 2 VALUE c.n FROM c ORDER BY c.n')).toEqual([0, 1]);
    const part = 'SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 10 LIMIT 3';
    expect(await run(part)).toEqual([10, 11, 12]);
    expect(await run(part, { partitionKey: 'p0' })).toEqual([]);
    expect(await run('SELECT TOP 4 c.id FROM c')).toHaveLength(4);
  });

  it('stays in the partition that the request names', async () => {
    const found = await run('SELECT * FROM c', { partitionKey: 'p1' });
    expect(found).toHaveLength(10);
    expect(new Set(found.map((item) => (item as { pk: string }).pk))).toEqual(new Set(['p1']));
  });
});

describe('pages', () => {
  it('go on by continuation token until all are read, each once', async () => {
    const seen: string[] = [];
    let token: string | undefined;
    let pages = 0;
    do {
      const { status, headers, body } = await rest('SELECT * FROM c', {
        ...inPartition('p2'),
        'x-ms-max-item-count': '4',
        ...(token !== undefined && { 'x-ms-continuation': token }),
      });
      expect(status).toBe(200);
      const documents = body['Documents'] as { id: string }[];
      expect(documents.length).toBeLessThanOrEqual(4);
      seen.push(...documents.map(({ id }) => id));
      token = headers.get('x-ms-continuation') ?? undefined;
      pages += 1;
    } while (token !== undefined);
    expect(pages).toBeGreaterThanOrEqual(3);
    expect(new Set(seen).size).toBe(10);
    expect(seen).toHaveLength(10);
  });

  it('are made by the SDK over all partitions, with ORDER BY too', async () => {
    for (const query of ['SELECT VALUE c.n FROM c', 'SELECT VALUE c.n FROM c ORDER BY c.n']) {
      const iterator = container.items.query<number>(query, { maxItemCount: 7 });
      const seen: number[] = [];
      while (iterator.hasMoreResults()) {
        const { resources } = await iterator.fetchNext();
        seen.push(...(resources ?? []));
      }
      expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, n) => n));
    }
  });

  it('go on although items are deleted in between', async () => {
    const { items } = await cosmos.newContainer();
    for (let n = 0; n < 6; n += 1) await items.create({ id: `d${n}`, pk: 'p' });
    const iterator = items.query<{ id: string }>('SELECT * FROM c', {
      partitionKey: 'p',
      maxItemCount: 2,
    });
    const seen: string[] = [];
    while (iterator.hasMoreResults()) {
      const { resources } = await iterator.fetchNext();
      seen.push(...resources.map(({ id }) => id));
      for (const { id } of resources) await items.container.item(id, 'p').delete();
    }
    expect(seen).toEqual(['d0', 'd1', 'd2', 'd3', 'd4', 'd5']);
  });

  it('are made of all items by a read of the feed', async () => {
    const iterator = container.items.readAll({ maxItemCount: 8 });
    let count = 0;
    while (iterator.hasMoreResults()) count += (await iterator.fetchNext()).resources?.length ?? 0;
    expect(count).toBe(30);
  });
});

describe('refusals', () => {
  it('refuses a query over partitions that the client did not allow with 400', async () => {
    const { status } = await rest('SELECT * FROM c WHERE c.n = 1', {});
    expect(status).toBe(400);
  });

  it('leaves what needs a merge over partitions to the client: 400', async () => {
    const allowed = { 'x-ms-documentdb-query-enablecrosspartition': 'True' };
    for (const query of ['SELECT * FROM c ORDER BY c.n', 'SELECT VALUE COUNT(1) FROM c']) {
      const { status, body } = await rest(query, allowed);
      expect(status).toBe(400);
      expect(body['code']).toBe('BadRequest');
    }
  });

  it('refuses what is no query, and a parameter without a value, with 400', async () => {
    for (const query of [
      'SELEC * FROM c',
      'SELECT * FROM c WHERE',
      '',
      'SELECT * FROM c WHERE c.n = @no',
    ]) {
      const { status } = await rest(query, inPartition('p0'));
      expect([query, status]).toEqual([query, 400]);
    }
  });

  it.skipIf(isRealAccount)('says what it does not know (the service knows it)', async () => {
    const unknown = [
      'SELECT DISTINCT c.pk FROM c',
      'SELECT VALUE SUM(c.n) FROM c',
      'SELECT c.pk FROM c GROUP BY c.pk',
      'SELECT VALUE t FROM c JOIN t IN c.tags',
      'SELECT * FROM c ORDER BY c.pk, c.n',
      'SELECT VALUE c.n + 1 FROM c',
      'SELECT VALUE LOWER(c.id) FROM c',
    ];
    for (const query of unknown) {
      const { status, body } = await rest(query, inPartition('p0'));
      expect([query, status]).toEqual([query, 400]);
      expect(body['message']).toContain('not supported by this emulator');
    }
  });
});
