import { StoredTenants, type RowWrite } from '@maestro/actors';
import { defaultTenantDocument, isTombstone, tenantDocumentKey, topicActorId } from '@maestro/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelLife } from './read-model/read-model.ts';
import { startApi, type ApiHarness, type CallOptions } from './testing/api-harness.ts';
import { largeWriter } from './testing/large-writer.ts';

const ADMIN = { token: 'platform:ada:admin' };
const REASON = { reason: 'the contract has ended' };

let api: ApiHarness;
let emptied: string[];
beforeEach(async () => {
  emptied = [];
  api = await startApi({
    adminTenant: 'platform',
    registeredOnly: true,
    region: 'eu-west',
    more: [largeWriter],
    readModel: {
      list: async () => ({ builtAtMs: 0, lives: [] }),
      figures: () => Promise.reject(new Error('nobody asks')),
      replay: async () => undefined,
      erase: async (tenant) => void emptied.push(tenant),
    },
  });
});
afterEach(() => api.close());

const create = (body: object, options: CallOptions = ADMIN) =>
  api.call('POST', '/tenants', { ...options, body });

/** Every key of a tenant, as a walk over the store gives them. */
const keysOf = (tenant: string): string[] =>
  [...api.rows().keys()].filter(
    (key) => key.startsWith(`${tenant}:`) && !key.startsWith(`${tenant}:tenant:`),
  );

async function deleted(tenant: string): Promise<void> {
  await api.call('POST', '/freeze', { ...ADMIN, body: { ...REASON, tenant } });
  api.runtime.clock.advance(60_000);
  expect((await api.call('DELETE', `/tenants/${tenant}`, ADMIN)).httpStatus).toBe(200);
}

describe('a tenant', () => {
  it('is served once it was created, and what it is allowed can be read and replaced', async () => {
    expect(await api.refused('GET', '/tenant')).toMatchObject({
      httpStatus: 403,
      code: 'tenant.unknown',
    });
    const made = await create({
      tenant: 'acme',
      limits: { maxChildren: 5 },
      residency: ['eu-west'],
    });
    expect(made).toMatchObject({
      httpStatus: 201,
      json: { tenant: 'acme', limits: { maxChildren: 5 }, residency: ['eu-west'] },
    });
    api.runtime.clock.advance(1_000);
    expect((await api.call('GET', '/tenant')).json).toEqual(made.json);
    expect((await api.call('GET', '/tenants/acme', ADMIN)).json).toEqual(made.json);
    await api.start('wait@1');

    const body = { maxSensitivity: 'public' };
    const { json } = await api.call('PUT', '/tenants/acme', { ...ADMIN, body });
    expect(json).toMatchObject({ maxSensitivity: 'public', limits: { maxChildren: 1000 } });
    expect((await api.call('GET', '/tenant')).json).toEqual(json);
  });

  it('is created once, and again only with the same content', async () => {
    await create({ tenant: 'acme' });
    expect((await create({ tenant: 'acme' })).httpStatus).toBe(200);
    const body = { tenant: 'acme', maxSensitivity: 'public' };
    expect(await api.refused('POST', '/tenants', { ...ADMIN, body })).toMatchObject({
      httpStatus: 409,
      code: 'tenant.exists',
    });
  });

  it('that is not there is told apart', async () => {
    const body = {};
    for (const [method, path, options, code] of [
      ['GET', '/tenants/none', {}, 'tenant.not_found'],
      ['PUT', '/tenants/none', { body }, 'tenant.not_found'],
      ['DELETE', '/tenants/none', {}, 'tenant.not_found'],
      ['POST', '/tenants/none/erasures', { body: { keys: ['x'] } }, 'tenant.not_deleted'],
      ['GET', '/tenants/No_ne', {}, 'tenant.slug_invalid'],
      ['GET', '/tenants/%2e%2e%2facme', {}, 'tenant.slug_invalid'],
      ['POST', '/tenants', { body: { tenant: 'A' } }, 'request.invalid'],
      ['POST', '/tenants', { body: {} }, 'request.invalid'],
      ['POST', '/tenants', { body: { tenant: 'a', residency: ['us'] } }, 'request.unprocessable'],
    ] as const) {
      const refusal = await api.refused(method, path, { ...ADMIN, ...options });
      expect(refusal.code, `${method} ${path}`).toBe(code);
    }
  });

  it('is created by admins of the installation alone, not by those of a tenant', async () => {
    await create({ tenant: 'acme' });
    for (const token of ['acme:ada:admin', 'platform:olga:operator', 'acme:alice:researcher']) {
      for (const [method, path, body] of [
        ['POST', '/tenants', { tenant: 'globex' }],
        ['GET', '/tenants/acme', undefined],
        ['PUT', '/tenants/acme', {}],
        ['DELETE', '/tenants/acme', undefined],
        ['POST', '/tenants/acme/erasures', { keys: ['acme:x:head'] }],
        ['POST', '/freeze', { ...REASON, tenant: 'platform', scope: 'tenant' }],
      ] as const) {
        if (path === '/freeze' && token.startsWith('platform')) continue;
        const refusal = await api.refused(method, path, { token, ...(body ? { body } : {}) });
        expect(refusal, `${token} ${method} ${path}`).toMatchObject({
          httpStatus: 403,
          code: 'auth.forbidden',
        });
      }
    }
  });

  it('has nothing of others in its audit log than what they did', async () => {
    await create({ tenant: 'acme' });
    const before = [...api.runtime.rows.snapshot().keys()];
    for (const [path, body] of [
      ['/freeze', { reason: 'forged', tenant: 'acme' }],
      ['/thaw', { tenant: 'never-was' }],
    ] as const) {
      const refusal = await api.refused('POST', path, { token: 'platform:olga:operator', body });
      expect(refusal.code).toBe('auth.forbidden');
    }
    const typo = { reason: 'x', tenant: 'never-was' };
    expect(await api.refused('POST', '/freeze', { ...ADMIN, body: typo })).toMatchObject({
      code: 'tenant.not_found',
    });
    const added = [...api.runtime.rows.snapshot().keys()].filter((key) => !before.includes(key));
    expect(
      added.every((key) => key.startsWith('platform:audit:')),
      added.join(),
    ).toBe(true);
  });

  it('that has continuations gets no state component for itself any more', async () => {
    await api.close();
    const life = { id: '01J00000000000000000000000' } as ModelLife;
    api = await startApi({
      adminTenant: 'platform',
      readModel: {
        list: async () => ({ builtAtMs: 0, lives: [life] }),
        figures: () => Promise.reject(new Error('nobody asks')),
        replay: async () => undefined,
        erase: async () => undefined,
      },
    });
    const body = { tenant: 'acme', stateComponent: 'acme-state' };
    expect(await api.refused('POST', '/tenants', { ...ADMIN, body })).toMatchObject({
      code: 'request.unprocessable',
      json: { errors: [{ at: '/stateComponent' }] },
    });
  });

  it('says itself what it is allowed, but not where its data may be', async () => {
    await create({ tenant: 'acme', residency: ['eu-west'] });
    const token = 'acme:olga:operator';
    const body = { residency: ['eu-west', 'us'] };
    expect(await api.refused('PUT', '/tenant', { token, body })).toMatchObject({
      code: 'auth.forbidden',
    });
    const kept = { residency: ['eu-west'], maxSensitivity: 'internal' };
    expect((await api.call('PUT', '/tenant', { token, body: kept })).httpStatus).toBe(200);
  });

  it('has a state component for itself that can be used, for good', async () => {
    const body = { tenant: 'acme', stateComponent: 'nothing' };
    expect(await api.refused('POST', '/tenants', { ...ADMIN, body })).toMatchObject({
      httpStatus: 422,
      code: 'request.unprocessable',
      json: { errors: [{ at: '/stateComponent' }] },
    });
    await create({ tenant: 'acme', stateComponent: 'acme-state' });
    for (const [token, path] of [
      ['acme:olga:operator', '/tenant'],
      [ADMIN.token, '/tenants/acme'],
    ] as const) {
      const other = { stateComponent: 'other-state' };
      expect(await api.refused('PUT', path, { token, body: other })).toMatchObject({
        code: 'request.unprocessable',
      });
      const { json } = await api.call('PUT', path, { token, body: {} });
      expect(json).toMatchObject({ stateComponent: 'acme-state' });
    }
    await deleted('acme');
    expect((await api.call('GET', '/tenants/acme', ADMIN)).json).toMatchObject({
      stateComponent: 'acme-state',
      deleted: { by: 'ada' },
    });
  });

  it('whose data may not be here is not served', async () => {
    await create({ tenant: 'acme' });
    const elsewhere = { ...((await api.call('GET', '/tenants/acme', ADMIN)).json as object) };
    api.runtime.rows.tamper(
      tenantDocumentKey('acme'),
      JSON.stringify({ ...elsewhere, residency: ['us'] }),
    );
    api.runtime.clock.advance(1_000);
    expect(await api.refused('GET', '/tenant')).toMatchObject({
      httpStatus: 403,
      code: 'tenant.elsewhere',
    });
  });
});

describe('deletion', () => {
  beforeEach(async () => {
    await create({ tenant: 'acme', redaction: { names: ['Grace Hopper'] } });
    await create({ tenant: 'globex' });
  });

  it('needs a freeze of a minute', async () => {
    expect(await api.refused('DELETE', '/tenants/acme', ADMIN)).toMatchObject({
      httpStatus: 409,
      code: 'tenant.not_frozen',
    });
    await api.call('POST', '/freeze', { ...ADMIN, body: { ...REASON, tenant: 'acme' } });
    api.runtime.clock.advance(59_000);
    expect(await api.refused('DELETE', '/tenants/acme', ADMIN)).toMatchObject({
      code: 'tenant.not_frozen',
      detail: expect.stringContaining('in 1 s'),
    });
    expect(await api.refused('DELETE', '/tenants/platform', ADMIN)).toMatchObject({
      code: 'request.unprocessable',
    });
  });

  it('refuses everything of the tenant, lets its name not be used again, and leaves others alone', async () => {
    const id = await api.start('wait@1');
    await deleted('acme');
    expect(emptied).toEqual(['acme']);
    for (const path of ['/tenant', `/continuations/${id}`, '/continuations']) {
      expect(await api.refused('GET', path)).toMatchObject({
        httpStatus: 410,
        code: 'tenant.deleted',
      });
    }
    await expect(
      api.runtime.continuations.send(
        { tenant: 'acme', id },
        { kind: 'heartbeat', stepId: 'x', attempt: 1 },
      ),
    ).rejects.toMatchObject({ code: 'tenant.deleted' });
    for (const [method, path] of [
      ['POST', '/tenants'],
      ['PUT', '/tenants/acme'],
    ] as const) {
      const body = { tenant: 'acme' };
      expect(await api.refused(method, path, { ...ADMIN, body })).toMatchObject({
        code: 'tenant.deleted',
      });
    }
    const { text, json } = await api.call('GET', '/tenants/acme', ADMIN);
    expect(json).toMatchObject({ deleted: { by: 'ada' } });
    expect(text).not.toContain('Grace');
    expect((await api.call('DELETE', '/tenants/acme', ADMIN)).json).toEqual(json);
    expect((await api.call('GET', '/tenant', { token: 'globex:bob' })).httpStatus).toBe(200);
  });

  it('is not undone by what another process still lets be said', async () => {
    const other = new StoredTenants(api.runtime.rows, api.runtime.clock);
    await deleted('acme');
    await other.put(defaultTenantDocument('acme'));
    api.runtime.clock.advance(1_000);
    expect(await api.refused('GET', '/tenant')).toMatchObject({ code: 'tenant.deleted' });
    api.runtime.rows.tamper(tenantDocumentKey('acme'), '[]');
    api.runtime.clock.advance(1_000);
    expect(await api.refused('GET', '/tenant')).toMatchObject({ code: 'tenant.deleted' });
  });

  it('reaches topics: they take nothing, and owe nothing', async () => {
    const item = { id: 'one', title: 'x', at: '2026-01-01T00:00:00Z', source: 's' };
    const publish = (): ReturnType<ApiHarness['call']> =>
      api.call('POST', '/streams/papers/items', { body: { items: [item] } });
    expect((await publish()).httpStatus).toBe(200);
    await deleted('acme');
    await api.call('POST', '/tenants/acme/erasures', { ...ADMIN, body: { keys: keysOf('acme') } });
    const before = api.rows();
    const { host } = api.runtime.topics;
    const actorId = topicActorId({ tenant: 'acme', kind: 'stream', name: 'papers', shard: 0 });
    const command = { kind: 'publish', items: [{ id: 'two', item }] };
    expect(await host.invoke(actorId, command)).toMatchObject({
      ok: false,
      error: { code: 'tenant.deleted' },
    });
    await host.remind(actorId);
    expect(api.rows()).toEqual(before);
  });

  it('closes a log before it erases it, so that a crash in between leaves it closed', async () => {
    const id = await api.start('wait@1');
    const keys = keysOf('acme');
    await deleted('acme');
    const { rows } = api.runtime;
    rows.fault = (writes) => (writes.some(({ createOnly }) => !createOnly) ? 'refuse' : undefined);
    const body = { keys };
    expect(await api.call('POST', '/tenants/acme/erasures', { ...ADMIN, body })).toMatchObject({
      httpStatus: 503,
    });
    rows.fault = () => undefined;
    const log = [...api.rows().keys()].filter((key) => key.startsWith(`acme:${id}:log:`)).sort();
    expect(isTombstone(api.rows().get(log.at(-1) ?? '') ?? '')).toBe(true);
    expect(log.length).toBe(keys.filter((key) => key.startsWith(`acme:${id}:log:`)).length + 1);
  });

  it('erases rows and the values that they refer to, and closes each log', async () => {
    const id = await api.start('large-writer@1');
    await api.runtime.advance(10);
    const other = await api.call('POST', '/continuations', {
      token: 'globex:bob',
      body: { goal: { objective: 'try it', recipe: 'wait@1' } },
    });
    expect(other.httpStatus).toBe(201);
    const foreign = new Map([...api.rows()].filter(([key]) => key.startsWith('globex:')));
    const keys = keysOf('acme');
    const body = { keys };
    expect(await api.refused('POST', '/tenants/acme/erasures', { ...ADMIN, body })).toMatchObject({
      code: 'tenant.not_deleted',
    });
    await deleted('acme');
    for (const key of [
      'globex:x:head',
      'acme:tenant:deleted',
      'acme:tenant:store',
      'acme:tenant:document',
      'acme:tenant:freeze',
      'acme:audit:000000000001',
      '_:installation:freeze',
    ]) {
      const some = { keys: [keys[0], key] };
      expect(
        await api.refused('POST', '/tenants/acme/erasures', { ...ADMIN, body: some }),
      ).toMatchObject({ httpStatus: 422, code: 'request.unprocessable' });
    }
    expect(api.runtime.blobs.size).toBe(1);
    const { json } = await api.call('POST', '/tenants/acme/erasures', { ...ADMIN, body });
    expect(json).toEqual({ rows: keys.length, blobs: 1 });
    expect(api.runtime.blobs.size).toBe(0);
    const rows = api.rows();
    expect(keysOf('acme').length).toBe(keys.length + 1);
    for (const key of keysOf('acme')) expect(isTombstone(rows.get(key) ?? ''), key).toBe(true);
    for (const [key, value] of foreign) expect(rows.get(key)).toBe(value);
    const nothing = { keys: [...keys, 'acme:nothing:at:all'] };
    const again = await api.call('POST', '/tenants/acme/erasures', { ...ADMIN, body: nothing });
    expect(again.json).toEqual({ rows: 0, blobs: 0 });
    // The place of the next event is taken: a host that was asleep meanwhile gets nothing in.
    const events = keys.filter((key) => key.startsWith(`acme:${id}:log:`)).length;
    const next: RowWrite = {
      key: `acme:${id}:log:${String(events + 1).padStart(12, '0')}`,
      value: '{}',
      createOnly: true,
    };
    await expect(api.runtime.rows.write(`acme:${id}`, [next])).rejects.toThrow();
  });

  it('lets reminders of what is gone end', async () => {
    const id = await api.start('noop@1', { sleepMs: 60_000 });
    expect(api.runtime.armed()).toHaveLength(1);
    await deleted('acme');
    await api.call('POST', '/tenants/acme/erasures', { ...ADMIN, body: { keys: keysOf('acme') } });
    await api.runtime.advance(3_600_000);
    expect(api.runtime.armed()).toHaveLength(0);
    expect(
      keysOf('acme').filter((key) => key.startsWith(`acme:${id}:log:`)).length,
    ).toBeGreaterThan(0);
  });

  it('is in the audit logs of both tenants', async () => {
    await deleted('acme');
    const path = '/audit?tenant=acme';
    const { text: read } = await api.call('GET', path, ADMIN);
    expect(read).toContain('deleteTenant');
    expect(await api.refused('GET', path, { token: 'globex:ada:admin' })).toMatchObject({
      code: 'auth.forbidden',
    });
    for (const tenant of ['platform', 'acme']) {
      const rows = [...api.runtime.rows.snapshot()].filter(([key]) =>
        key.startsWith(`${tenant}:audit:`),
      );
      const text = rows.map(([, value]) => value).join();
      for (const action of ['createTenant', 'freeze', 'deleteTenant']) {
        expect(text, `${tenant} ${action}`).toContain(`"action":"${action}"`);
      }
      expect(text).toContain('"byTenant":"platform"');
    }
  });
});
