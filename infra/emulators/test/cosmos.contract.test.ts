import {
  CosmosClient,
  PartitionKeyDefinitionVersion,
  PartitionKeyKind,
  type Container,
} from '@azure/cosmos';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  inPartition,
  isRealAccount,
  openCosmos,
  type CosmosEndpoint,
} from './cosmos-support/cosmos-endpoint.ts';

let cosmos: CosmosEndpoint;
beforeAll(async () => {
  cosmos = await openCosmos();
});
afterAll(() => cosmos.close());

describe('the account', () => {
  it('has one region for writes and one or more for reads, and names its consistency', async () => {
    const { resource } = await cosmos.client.getDatabaseAccount();
    expect(resource?.writableLocations).toHaveLength(1);
    expect(resource?.readableLocations.length).toBeGreaterThanOrEqual(1);
    const levels = ['Strong', 'BoundedStaleness', 'Session', 'ConsistentPrefix', 'Eventual'];
    expect(isRealAccount ? levels : ['Strong']).toContain(resource?.consistencyPolicy);
  });

  it('refuses a signature made with another key with 401', async () => {
    const other = Buffer.from('another key'.padEnd(64, '-')).toString('base64');
    const client = new CosmosClient({ endpoint: cosmos.url, key: other });
    await expect(client.databases.readAll().fetchAll()).rejects.toMatchObject({ code: 401 });
    client.dispose();
  });

  it('refuses a request without a signature with 401', async () => {
    const answer = await fetch(new URL('dbs', cosmos.url));
    expect(answer.status).toBe(401);
  });

  it('refuses a signature made for another date', async () => {
    const stolen = await cosmos.rest({
      method: 'GET',
      path: 'colls',
      headers: { 'x-ms-date': new Date(0).toUTCString() },
    });
    expect([401, 403]).toContain(stolen.status);
  });
});

describe('databases and containers', () => {
  it('creates, reads, lists and deletes a database', async () => {
    const id = `${cosmos.database.id}-2`;
    const created = await cosmos.client.databases.create({ id });
    expect(created.statusCode).toBe(201);
    const { resources } = await cosmos.client.databases.readAll().fetchAll();
    expect(resources.map((database) => database.id)).toContain(id);
    expect((await created.database.read()).resource?._rid).toBe(created.resource?._rid);
    expect((await created.database.delete()).statusCode).toBe(204);
    await expect(created.database.read()).rejects.toMatchObject({ code: 404 });
  });

  it('refuses a taken database id with 409 and a missing database with 404', async () => {
    const { id } = cosmos.database;
    await expect(cosmos.client.databases.create({ id })).rejects.toMatchObject({ code: 409 });
    const missing = cosmos.client.database(`${id}-missing`);
    await expect(missing.read()).rejects.toMatchObject({ code: 404 });
    await expect(missing.delete()).rejects.toMatchObject({ code: 404 });
  });

  it('creates, reads, lists, replaces and deletes a container', async () => {
    const { database } = cosmos;
    const { container, resource } = await database.containers.create({
      id: 'crud',
      partitionKey: { paths: ['/pk'] },
      defaultTtl: 60,
    });
    expect(resource).toMatchObject({ partitionKey: { paths: ['/pk'], kind: 'Hash' } });
    const { resources } = await database.containers.readAll().fetchAll();
    expect(resources.map(({ id }) => id)).toContain('crud');
    expect((await container.read()).resource).toMatchObject({ defaultTtl: 60 });
    await container.replace({ id: 'crud', partitionKey: { paths: ['/pk'] }, defaultTtl: 90 });
    expect((await container.read()).resource).toMatchObject({ defaultTtl: 90 });
    await container.delete();
    await expect(container.read()).rejects.toMatchObject({ code: 404 });
  });

  it('refuses a taken container id with 409 and a missing parent with 404', async () => {
    const { id } = await cosmos.newContainer();
    const again = { id, partitionKey: { paths: ['/pk'] } };
    await expect(cosmos.database.containers.create(again)).rejects.toMatchObject({ code: 409 });
    const missing = cosmos.client.database('missing');
    await expect(missing.containers.create(again)).rejects.toMatchObject({ code: 404 });
  });

  it('refuses container definitions that break a rule with 400', async () => {
    const wrong = [
      { id: 'no-key' },
      { id: 'path', partitionKey: { paths: ['pk'], kind: 'Hash' } },
      { id: 'ttl', partitionKey: { paths: ['/pk'], kind: 'Hash' }, defaultTtl: 0 },
      { id: 'a?b', partitionKey: { paths: ['/pk'], kind: 'Hash' } },
      { id: 'x'.repeat(256), partitionKey: { paths: ['/pk'], kind: 'Hash' } },
    ];
    for (const body of wrong) {
      const { status } = await cosmos.rest({ method: 'POST', path: 'colls', body });
      expect([body.id, status]).toEqual([body.id, 400]);
    }
  });

  it('has partition key ranges that cover every key', async () => {
    const container = await cosmos.newContainer();
    const { resources } = await container.readPartitionKeyRanges().fetchAll();
    const ranges = resources.map(({ minInclusive, maxExclusive }) => [minInclusive, maxExclusive]);
    expect(ranges.at(0)?.[0]).toBe('');
    expect(ranges.at(-1)?.[1]).toBe('FF');
  });
});

describe('the answer to every request about items', () => {
  it('has the session token, the charge, the activity id and the version', async () => {
    const { items } = await cosmos.newContainer();
    const { headers } = await items.create({ id: 'a', pk: 'p' });
    expect(headers['x-ms-session-token']).toMatch(/^\d+:-?\d+#\d+/);
    expect(Number(headers['x-ms-request-charge'])).toBeGreaterThan(0);
    expect(headers['x-ms-activity-id']).toMatch(/^[\da-f-]{36}$/);
    expect(headers['x-ms-content-path']).toBeTypeOf('string');
  });

  it('names the refusal in the body', async () => {
    const container = await cosmos.newContainer();
    const answer = await cosmos.rest({
      method: 'GET',
      path: `colls/${container.id}/docs/missing`,
      headers: inPartition('p'),
    });
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ code: 'NotFound', message: expect.any(String) });
  });
});

describe('hierarchical partition keys', () => {
  let container: Container;
  beforeAll(async () => {
    const created = await cosmos.database.containers.create({
      id: 'hierarchy',
      partitionKey: {
        paths: ['/tenant', '/user'],
        kind: PartitionKeyKind.MultiHash,
        version: PartitionKeyDefinitionVersion.V2,
      },
    });
    container = created.container;
  });

  it('need every component for a point operation', async () => {
    await container.items.create({ id: 'a', tenant: 't', user: 'u' });
    const found = await container.item('a', ['t', 'u']).read();
    expect(found.resource).toMatchObject({ tenant: 't' });
    const { status } = await cosmos.rest({
      method: 'GET',
      path: 'colls/hierarchy/docs/a',
      headers: inPartition('t'),
    });
    expect(status).toBe(400);
  });
});
