import { afterEach, beforeEach, expect, it } from 'vitest';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

const OPERATOR = { token: 'acme:olga:operator' };
const ADMIN = { token: 'globex:ada:admin' };
const REASON = 'an inquiry is under way';

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi({ adminTenant: 'globex' });
});
afterEach(() => api.close());

const freeze = (who: { readonly token: string }, body: object) =>
  api.call('POST', '/freeze', { ...who, body });

it('lets nothing of a tenant begin or change, says why, and lets it be read', async () => {
  const id = await api.start('wait@1');
  const { json } = await freeze(OPERATOR, { reason: ` ${REASON} ` });
  expect(json).toEqual({
    freeze: { scope: 'tenant', by: 'olga', reason: REASON, at: expect.any(String) },
  });
  const path = `/continuations/${id}`;
  const before = api.rows();
  for (const [method, where, body] of [
    ['POST', '/continuations', { goal: { objective: 'x', recipe: 'wait@1' } }],
    ['POST', `${path}/signals`, { signal: 'go' }],
    ['POST', `${path}/signals`, { signal: 'kill' }],
    ['POST', `${path}/forks`, { children: [{}] }],
    [
      'POST',
      '/streams/papers/items',
      { items: [{ id: 'x', title: 'y', at: '2026-01-01T00:00:00Z', source: 'z' }] },
    ],
  ] as const) {
    const headers = { 'idempotency-key': where };
    expect(await api.refused(method, where, { body, headers })).toMatchObject({
      httpStatus: 423,
      code: 'tenant.frozen',
      detail: expect.stringContaining(`by olga: ${REASON}`),
    });
  }
  expect(api.rows()).toEqual(before);
  for (const read of [path, `${path}/events`, `${path}/explain`, '/tenant', '/freeze']) {
    expect((await api.call('GET', read)).httpStatus).toBe(200);
  }
  // Others are not held up.
  const goal = { objective: 'try it', recipe: 'wait@1', parameters: {} };
  const other = { token: 'globex:bob', body: { goal } };
  expect((await api.call('POST', '/continuations', other)).httpStatus).toBe(201);

  const thawed = await api.call('POST', '/thaw', { ...OPERATOR, body: {} });
  expect(thawed.json).toEqual({ freeze: null });
  expect((await api.call('POST', `${path}/signals`, { body: { signal: 'go' } })).httpStatus).toBe(
    200,
  );
});

it('is for operators, and of everybody for admins', async () => {
  for (const route of ['/freeze', '/thaw']) {
    const body = { ...(route === '/freeze' && { reason: REASON }), scope: 'installation' };
    for (const token of [
      'acme:alice',
      'acme:olga:operator',
      'acme:ada:admin',
      'globex:oz:operator',
    ]) {
      const refused = await api.refused('POST', route, { token, body });
      expect(refused).toMatchObject({ httpStatus: 403, code: 'auth.forbidden' });
    }
  }
  expect((await api.call('GET', '/freeze')).json).toEqual({ freeze: null });
  await freeze(ADMIN, { reason: REASON, scope: 'installation' });
  expect((await api.call('GET', '/freeze')).json).toMatchObject({
    freeze: { scope: 'installation', by: 'admin', reason: 'everything here is frozen' },
  });
  expect((await api.call('GET', '/freeze', ADMIN)).json).toMatchObject({
    freeze: { scope: 'installation', by: 'ada', reason: REASON },
  });
  // A thaw of the tenant leaves the other one where it is.
  const own = await api.call('POST', '/thaw', { ...OPERATOR, body: {} });
  expect(own.json).toMatchObject({ freeze: { scope: 'installation' } });
  await api.call('POST', '/thaw', { ...ADMIN, body: { scope: 'installation' } });
  expect((await api.call('GET', '/freeze')).json).toEqual({ freeze: null });
});

it('keeps no personal data of the reason', async () => {
  await freeze(OPERATOR, { reason: 'as mary.shelley@example.org asked' });
  expect((await api.call('GET', '/freeze')).json).toMatchObject({
    freeze: { reason: 'as [redacted:email] asked' },
  });
  expect(JSON.stringify([...api.runtime.rows.snapshot()])).not.toContain('shelley');
});

it.each([{}, { reason: '' }, { reason: '  ' }, { reason: 'x'.repeat(1001) }, { reason: 5 }])(
  'refuses %j',
  async (body) => {
    expect(await api.refused('POST', '/freeze', { ...OPERATOR, body })).toMatchObject({
      code: 'request.invalid',
    });
    expect((await api.call('GET', '/freeze')).json).toEqual({ freeze: null });
  },
);
