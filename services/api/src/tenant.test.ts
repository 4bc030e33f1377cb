import { tenantDocumentKey } from '@maestro/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

const OPERATOR = { token: 'acme:olga:operator' };
const DEFAULTS = { maxForkDepth: 16, maxChildren: 1000, requestsPerSecond: 1000 };
const KINDS = ['email', 'phone', 'iban', 'card', 'national-id'];
const REST = {
  budget: { defaultCapUsd: 5, maxCapUsd: null },
  maxSensitivity: 'restricted',
  residency: [],
};
const REDACTION = { kinds: KINDS, names: [] };

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

it('shows the defaults of a tenant of which nothing was said', async () => {
  const { json } = await api.call('GET', '/tenant');
  expect(json).toEqual({
    schemaVersion: 1,
    tenant: 'acme',
    limits: DEFAULTS,
    redaction: REDACTION,
    ...REST,
  });
});

it('an operator says what the tenant is allowed, and forks go by it', async () => {
  const limits = { ...DEFAULTS, maxChildren: 1 };
  const body = { limits: { maxChildren: 1 } };
  const { json } = await api.call('PUT', '/tenant', { ...OPERATOR, body });
  expect(json).toEqual({ schemaVersion: 1, tenant: 'acme', limits, redaction: REDACTION, ...REST });
  expect((await api.call('GET', '/tenant')).json).toEqual(json);
  const other = await api.call('GET', '/tenant', { token: 'globex:bob' });
  expect(other.json).toMatchObject({ tenant: 'globex', limits: DEFAULTS });

  const id = await api.start('wait@1');
  const two = { body: { children: [{}, {}] }, headers: { 'idempotency-key': 'two' } };
  expect(await api.refused('POST', `/continuations/${id}/forks`, two)).toMatchObject({
    httpStatus: 422,
    code: 'fork.too_wide',
  });
  await api.call('PUT', '/tenant', { ...OPERATOR, body: {} });
  expect((await api.call('GET', '/tenant')).json).toMatchObject({ limits: DEFAULTS });
});

it('is said by operators alone', async () => {
  expect(await api.refused('PUT', '/tenant', { body: {} })).toMatchObject({
    httpStatus: 403,
    code: 'auth.forbidden',
  });
});

it.each([
  [{ limits: { maxForkDepth: -1 } }, '/limits/maxForkDepth'],
  [{ limits: { maxChildren: 1.5 } }, '/limits/maxChildren'],
  [{ limits: { maxChildren: 100_000 } }, '/limits/maxChildren'],
  [{ limit: {} }, ''],
  [{ budget: { maxCapUsd: -1 } }, '/budget/maxCapUsd'],
  [{ maxSensitivity: 'secret' }, '/maxSensitivity'],
  [{ residency: ['EU'] }, '/residency/0'],
  [{ redaction: { kinds: ['faces'] } }, '/redaction/kinds/0'],
  [{ redaction: { names: ['x'] } }, '/redaction/names/0'],
  [{ redaction: { names: ['1234'] } }, '/redaction/names/0'],
  [{ redaction: { name: [] } }, '/redaction'],
])('refuses %j, and nothing changes', async (body, at) => {
  const refused = await api.refused('PUT', '/tenant', { ...OPERATOR, body });
  expect(refused).toMatchObject({ httpStatus: 400, code: 'request.invalid' });
  expect(JSON.stringify(refused.json)).toContain(at);
  expect((await api.call('GET', '/tenant')).json).toMatchObject({ limits: DEFAULTS });
});

it('takes what it shows, of the own tenant alone', async () => {
  const { json } = await api.call('GET', '/tenant');
  expect((await api.call('PUT', '/tenant', { ...OPERATOR, body: json })).httpStatus).toBe(200);
  const body = { ...(json as object), tenant: 'globex' };
  expect(await api.refused('PUT', '/tenant', { ...OPERATOR, body })).toMatchObject({
    code: 'request.unprocessable',
  });
});

it('tells when what is stored is no document, and takes another of an admin', async () => {
  await api.close();
  api = await startApi({ adminTenant: 'platform' });
  api.runtime.rows.tamper(tenantDocumentKey('acme'), '[]');
  expect(await api.refused('GET', '/tenant')).toMatchObject({
    httpStatus: 500,
    code: 'tenant.invalid',
  });
  // Where its data may be cannot be told any more.
  expect(await api.refused('PUT', '/tenant', { ...OPERATOR, body: {} })).toMatchObject({
    code: 'auth.forbidden',
  });
  await api.call('PUT', '/tenants/acme', { token: 'platform:ada:admin', body: {} });
  expect((await api.call('GET', '/tenant')).json).toMatchObject({ limits: DEFAULTS });
});

it('an operator says what is taken out of texts, and what is started goes by it', async () => {
  const objective = 'Ask Grace Hopper (grace@example.org, 4111 1111 1111 1111)';
  const objectiveOf = async (): Promise<unknown> => {
    const { json } = await api.call('POST', '/continuations', {
      body: { goal: { objective, recipe: 'wait@1' } },
    });
    const shown = await api.call('GET', `/continuations/${(json as { id: string }).id}`);
    return (shown.json as { goal: { objective: string } }).goal.objective;
  };
  expect(await objectiveOf()).toBe('Ask Grace Hopper ([redacted:email], [redacted:card])');
  const body = { redaction: { kinds: ['card'], names: ['Grace Hopper'] } };
  expect((await api.call('PUT', '/tenant', { ...OPERATOR, body })).json).toMatchObject(body);
  expect(await objectiveOf()).toBe('Ask [redacted:name] (grace@example.org, [redacted:card])');
});

it('refuses a default budget above the largest', async () => {
  const body = { budget: { defaultCapUsd: 9, maxCapUsd: 8 } };
  expect(await api.refused('PUT', '/tenant', { ...OPERATOR, body })).toMatchObject({
    httpStatus: 422,
    code: 'request.unprocessable',
    json: { errors: [{ at: '/budget/defaultCapUsd' }] },
  });
});

const start = (request: object) => ({ body: request, headers: { 'idempotency-key': 'k' } });

it('lets start what the tenant may, and nothing else', async () => {
  const body = { budget: { defaultCapUsd: 2, maxCapUsd: 3 }, maxSensitivity: 'internal' };
  await api.call('PUT', '/tenant', { ...OPERATOR, body });
  const goal = { objective: 'try it', recipe: 'wait@1' };
  const started = await api.call('POST', '/continuations', { body: { goal } });
  const { id } = started.json as { readonly id: string };
  const { json } = await api.call('GET', `/continuations/${id}`);
  expect(json).toMatchObject({ budget: { capUsd: 2 } });
  for (const [request, at] of [
    [{ goal, budget: { capUsd: 3.01 } }, '/budget'],
    [{ goal: { ...goal, sensitivity: 'confidential' } }, '/goal/sensitivity'],
  ] as const) {
    expect(await api.refused('POST', '/continuations', start(request))).toMatchObject({
      httpStatus: 422,
      code: 'tenant.not_allowed',
      json: { errors: [{ at }] },
    });
  }
  const allowed = start({ goal: { ...goal, sensitivity: 'public' }, budget: { capUsd: 3 } });
  expect((await api.call('POST', '/continuations', allowed)).httpStatus).toBe(201);
});
