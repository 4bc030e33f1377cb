import { defaultTenantDocument, tenantDocumentKey } from '@maestro/core';
import { expect, it } from 'vitest';
import { FakeClock, MemoryRowStore } from '../testing/index.ts';
import { StoredTenants } from './stored-tenants.ts';

const LIMITS = { maxForkDepth: 2, maxChildren: 7, requestsPerSecond: 10 };

function tenantsOn(rows: MemoryRowStore): { clock: FakeClock; tenants: StoredTenants } {
  const clock = new FakeClock();
  return { clock, tenants: new StoredTenants(rows, clock) };
}

it('gives one without a document the defaults', async () => {
  const { tenants } = tenantsOn(new MemoryRowStore());
  expect(await tenants.document('acme')).toEqual({
    schemaVersion: 1,
    tenant: 'acme',
    limits: { maxForkDepth: 16, maxChildren: 1000, requestsPerSecond: 1000 },
    redaction: { kinds: ['email', 'phone', 'iban', 'card', 'national-id'], names: [] },
    budget: { defaultCapUsd: 5, maxCapUsd: null },
    maxSensitivity: 'restricted',
    residency: [],
  });
  expect(await tenants.find('acme')).toBeUndefined();
});

it('sees what another host has stored within a second, and its own at once', async () => {
  const rows = new MemoryRowStore();
  const here = tenantsOn(rows);
  const there = tenantsOn(rows);
  await here.tenants.document('acme');
  await there.tenants.document('acme');
  await there.tenants.put({ ...defaultTenantDocument('acme'), limits: LIMITS });
  expect((await there.tenants.document('acme')).limits).toEqual(LIMITS);
  here.clock.advance(999);
  expect((await here.tenants.document('acme')).limits).not.toEqual(LIMITS);
  here.clock.advance(1);
  expect((await here.tenants.document('acme')).limits).toEqual(LIMITS);
  expect((await here.tenants.document('beta')).limits).not.toEqual(LIMITS);
});

it('refuses what is no document of the tenant, and asks again at once', async () => {
  const rows = new MemoryRowStore();
  const { tenants } = tenantsOn(rows);
  const key = tenantDocumentKey('acme');
  for (const text of ['no JSON', '{}', JSON.stringify(defaultTenantDocument('beta'))]) {
    rows.tamper(key, text);
    await expect(tenants.document('acme')).rejects.toMatchObject({ code: 'tenant.invalid' });
  }
  rows.tamper(key, JSON.stringify(defaultTenantDocument('acme')));
  expect(await tenants.document('acme')).toEqual(defaultTenantDocument('acme'));
});

it('passes over what only a later release knows', async () => {
  const rows = new MemoryRowStore();
  const { tenants } = tenantsOn(rows);
  const later = { schemaVersion: 2, tenant: 'acme', limits: { ...LIMITS, more: 1 }, money: {} };
  rows.tamper(tenantDocumentKey('acme'), JSON.stringify(later));
  expect((await tenants.document('acme')).limits).toMatchObject(LIMITS);
});

it('tries a refused write again, and says so when the store goes on refusing', async () => {
  const rows = new MemoryRowStore();
  const { tenants } = tenantsOn(rows);
  let refusals = 2;
  rows.fault = () => (refusals-- > 0 ? 'refuse' : undefined);
  await tenants.put({ ...defaultTenantDocument('acme'), limits: LIMITS });
  expect((await tenants.document('acme')).limits).toEqual(LIMITS);
  refusals = 100;
  await expect(tenants.put(defaultTenantDocument('acme'))).rejects.toMatchObject({
    code: 'commit.outcome_unknown',
    retryable: true,
  });
});
