import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiParts } from './api-options.ts';
import { ROUTE_PERMISSIONS, type OperationId } from './http/permissions.ts';
import type { Route } from './http/route.ts';
import { ROLES, type Role } from './identity/roles.ts';
import { routeTable } from './routes/route-table.ts';
import { CommitNudges } from './stream/commit-nudges.ts';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

const ALL: readonly Role[] = ROLES;
const STARTERS: readonly Role[] = ['researcher', 'admin', 'service'];
const STEERERS: readonly Role[] = ['researcher', 'admin'];
const OPERATORS: readonly Role[] = ['operator', 'admin'];
const ADMINS: readonly Role[] = ['admin'];

/** Who may what, written out once more: a change of the table in the source has to be made here, too. */
const ALLOWED: Readonly<Record<OperationId, readonly Role[] | 'anybody'>> = {
  startContinuation: STARTERS,
  listContinuations: ALL,
  getContinuation: ALL,
  listEvents: ALL,
  streamEvents: ALL,
  streamTenantEvents: ALL,
  signalContinuation: ALL,
  forkContinuation: STEERERS,
  startMerge: STEERERS,
  publishItems: STARTERS,
  skipTime: STEERERS,
  getLineage: ALL,
  getCommonAncestor: ALL,
  explainContinuation: ALL,
  replayContinuation: ALL,
  wakeContinuation: OPERATORS,
  getTenant: ALL,
  putTenant: OPERATORS,
  createTenant: ADMINS,
  readTenant: ADMINS,
  replaceTenant: ADMINS,
  deleteTenant: ADMINS,
  eraseRows: ADMINS,
  getFreeze: ALL,
  freeze: OPERATORS,
  thaw: OPERATORS,
  getAudit: OPERATORS,
  importLog: OPERATORS,
  finishImport: OPERATORS,
  getBlob: ALL,
  putBlob: OPERATORS,
  liveness: 'anybody',
  readiness: 'anybody',
  describeError: 'anybody',
  statusPage: 'anybody',
  metrics: 'anybody',
  openapi: 'anybody',
  referencePage: 'anybody',
  referenceFile: 'anybody',
};

const metrics = async (): Promise<string> => 'maestro_up 1\n';
const table = routeTable({ metrics } as unknown as ApiParts, new CommitNudges());

let api: ApiHarness;
beforeAll(async () => {
  // A stream of the tenant would not end.
  api = await startApi({ metrics, adminTenant: 'acme', busIsWhole: false });
});
afterAll(() => api.close());

/** Calls a route on what is not there. @returns the code of the refusal, or the status. */
async function call({ method, path, body }: Route, role: string | null): Promise<string> {
  const url = path.replace(':id', '01J00000000000000000000000').replace(/:\w+/, 'none');
  const { json, httpStatus } = await api.call(method.toUpperCase(), url, {
    ...(body ? { body: {} } : {}),
    token: role === null ? null : `acme:somebody:${role}`,
  });
  return (json as { code?: string } | undefined)?.code ?? String(httpStatus);
}

it('there is a row for each route, and a route for each row', () => {
  const routes = table.map(({ operationId }) => operationId).sort();
  expect(Object.keys(ROUTE_PERMISSIONS).sort()).toEqual(routes);
  expect(Object.keys(ALLOWED).sort()).toEqual(routes);
});

describe.each(table.map((route) => [route.operationId, route] as const))('%s', (name, route) => {
  const allowed = ALLOWED[name];

  it.each(ROLES)(`to a %s`, async (role) => {
    const code = await call(route, role);
    if (allowed === 'anybody' || allowed.includes(role)) {
      expect(code).not.toMatch(/^auth\./);
    } else {
      expect(code).toBe('auth.forbidden');
    }
  });

  it('to nobody, and to a role that means nothing', async () => {
    const isPublic = allowed === 'anybody';
    for (const [role, refusal] of [
      [null, 'auth.missing'],
      ['director', 'auth.forbidden'],
      ['Admin', 'auth.forbidden'],
      ['constructor', 'auth.forbidden'],
    ] as const) {
      const code = await call(route, role);
      if (isPublic) expect(code).not.toMatch(/^auth\./);
      else expect(code, role ?? 'nobody').toBe(refusal);
    }
  });
});

it.each(ROLES)('seal and unseal to a %s', async (role) => {
  const id = await api.start('wait@1');
  for (const signal of ['seal', 'unseal']) {
    const { httpStatus } = await api.call('POST', `/continuations/${id}/signals`, {
      body: { signal },
      token: `acme:somebody:${role}`,
    });
    expect(httpStatus).toBe(OPERATORS.includes(role) ? 200 : 403);
  }
});

it('a refusal names the roles that would do', async () => {
  const problem = await api.refused('PUT', '/tenant', { body: {}, token: 'acme:rita:reviewer' });
  expect(problem).toMatchObject({ httpStatus: 403, detail: expect.stringContaining('operator') });
  expect(problem.headers.get('www-authenticate')).toContain('insufficient_scope');
});
