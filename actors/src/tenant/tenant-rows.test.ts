import {
  defaultTenantDocument,
  headKey,
  tenantDocumentKey,
  tenantPartition,
  tenantStoreKey,
} from '@maestro/core';
import { expect, it } from 'vitest';
import { FakeClock, MemoryRowStore } from '../testing/index.ts';
import { StoredTenants } from './stored-tenants.ts';
import { TenantRows } from './tenant-rows.ts';

const ID = '01J00000000000000000000000';

async function connected() {
  const installation = new MemoryRowStore();
  const stores = new Map<string, MemoryRowStore>();
  const tenants = new StoredTenants(installation, new FakeClock());
  await tenants.create(defaultTenantDocument('acme'), 'acme-state');
  const rows = new TenantRows(installation, tenants, (component) => {
    const opened = new MemoryRowStore();
    stores.set(component, opened);
    return opened;
  });
  return { installation, stores, tenants, rows };
}

const row = (key: string) => [{ key, value: key, createOnly: true }];

it('keeps the rows of a tenant where its document says, and all others with the installation', async () => {
  const { installation, stores, rows } = await connected();
  for (const tenant of ['acme', 'acme-2', 'globex']) {
    const key = headKey({ tenant, id: ID });
    await rows.write(`${tenant}:${ID}`, row(key));
    expect(await rows.read(`${tenant}:${ID}`, key)).toBe(key);
    expect(await rows.readMany(`${tenant}:${ID}`, [key])).toEqual([key]);
  }
  await rows.write('acme:topic.stream.0.eA', row('acme:topic.stream.0.eA:state'));
  expect([...stores.keys()]).toEqual(['acme-state']);
  expect([...(stores.get('acme-state')?.snapshot().keys() ?? [])].sort()).toEqual([
    headKey({ tenant: 'acme', id: ID }),
    'acme:topic.stream.0.eA:state',
  ]);
  expect([...installation.snapshot().keys()].sort()).toEqual([
    headKey({ tenant: 'acme-2', id: ID }),
    tenantDocumentKey('acme'),
    tenantStoreKey('acme'),
    headKey({ tenant: 'globex', id: ID }),
  ]);
});

it('keeps document, freeze and audit log with the installation', async () => {
  const { installation, stores, rows } = await connected();
  const keys = ['acme:tenant:freeze', 'acme:audit:000000000001'];
  for (const key of keys) await rows.write(key.slice(0, key.lastIndexOf(':')), row(key));
  expect(stores.size).toBe(0);
  for (const key of keys) expect(installation.snapshot().get(key)).toBe(key);
});

it('finds the rows of a tenant whose document cannot be understood', async () => {
  const { installation, stores, rows } = await connected();
  installation.tamper(tenantDocumentKey('acme'), '[]');
  const key = headKey({ tenant: 'acme', id: ID });
  await rows.write(`acme:${ID}`, row(key));
  expect(stores.get('acme-state')?.snapshot().get(key)).toBe(key);
  expect(await rows.read(tenantPartition('acme'), tenantDocumentKey('acme'))).toBe('[]');
});

it('writes nothing where it cannot be told where', async () => {
  const { installation, stores, rows } = await connected();
  installation.tamper(tenantStoreKey('globex'), '[]');
  const before = installation.snapshot();
  const key = headKey({ tenant: 'globex', id: ID });
  await expect(rows.write(`globex:${ID}`, row(key))).rejects.toMatchObject({
    code: 'tenant.invalid',
  });
  await expect(rows.read(`globex:${ID}`, key)).rejects.toMatchObject({ code: 'tenant.invalid' });
  expect(installation.snapshot()).toEqual(before);
  expect(stores.size).toBe(0);
});
