import { MaestroClient } from '@maestro/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROUTE_PERMISSIONS, type OperationId } from './http/permissions.ts';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

type Public = {
  [Name in OperationId]: (typeof ROUTE_PERMISSIONS)[Name] extends 'public' ? Name : never;
}[OperationId];

const ID = '01J00000000000000000000000';
const GOAL = { objective: 'try it', recipe: 'noop@1' };

/** How the client calls each operation that takes a token; one that is missing here does not compile. */
const CALLS: Readonly<Record<Exclude<OperationId, Public>, (client: MaestroClient) => unknown>> = {
  startContinuation: (client) => client.start({ goal: GOAL }),
  listContinuations: (client) => client.list(),
  getContinuation: (client) => client.get(ID),
  listEvents: (client) => client.events(ID),
  streamEvents: (client) => client.follow(ID).next(),
  streamTenantEvents: (client) => client.followTenant().next(),
  signalContinuation: (client) => client.signal(ID, 'go'),
  forkContinuation: (client) => client.fork(ID),
  startMerge: (client) => client.merge({ parents: [ID], function: 'collect', goal: GOAL }),
  publishItems: (client) => client.publish('news', []),
  skipTime: (client) => client.skip(ID, 1000),
  getLineage: (client) => client.lineage(ID, 'tree'),
  getCommonAncestor: (client) => client.commonAncestor(ID, ID),
  explainContinuation: (client) => client.explain(ID),
  replayContinuation: (client) => client.replay(ID),
  wakeContinuation: (client) => client.wake(ID),
  getTenant: (client) => client.tenant(),
  putTenant: (client) => client.setTenant({}),
  getFreeze: (client) => client.freezeStatus(),
  freeze: (client) => client.freeze({ reason: 'because' }),
  thaw: (client) => client.thaw(),
  getAudit: (client) => client.audit(),
  importLog: (client) => client.importRows(ID, { from: 1, rows: [] }),
  finishImport: (client) => client.finishImport(ID, {} as never),
  getBlob: (client) => client.blob('a'),
  createTenant: (client) => client.tenants.create({ tenant: 'acme' }),
  readTenant: (client) => client.tenants.get('acme'),
  replaceTenant: (client) => client.tenants.set('acme', {}),
  deleteTenant: (client) => client.tenants.delete('acme'),
  eraseRows: (client) => client.tenants.erase('acme', []),
  putBlob: (client) => client.putBlob('a', {}),
};

const isPublic = (id: string) => ROUTE_PERMISSIONS[id as OperationId] === 'public';

/** Operations of the document: method and path, with what stands for any part of a path. */
let operations: readonly { readonly id: string; readonly pattern: RegExp }[];
let api: ApiHarness;
beforeAll(async () => {
  api = await startApi({ metrics: async () => '' });
  const { json } = await api.call('GET', '/openapi.json');
  const { paths } = json as {
    readonly paths: Record<string, Record<string, { readonly operationId: string }>>;
  };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      id: operationId,
      pattern: new RegExp(`^${method} ${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`, 'i'),
    })),
  );
});
afterAll(() => api.close());

it('the client can call every operation that takes a token', () => {
  const ids = operations.map(({ id }) => id).filter((id) => !isPublic(id));
  expect(Object.keys(CALLS).sort()).toEqual(ids.sort());
});

it.each(Object.entries(CALLS))('%s is what its method calls', async (id, call) => {
  let sent = '';
  const client = new MaestroClient({
    baseUrl: 'http://maestro.test',
    token: 'the-token',
    fetch: async (input, init) => {
      const { pathname } = new URL(input instanceof Request ? input.url : input);
      sent = `${init?.method} ${pathname}`;
      // Ends streams, too.
      return pathname.endsWith('/stream') ? new Response(null, { status: 204 }) : Response.json({});
    },
  });
  await call(client);
  expect(operations.filter(({ pattern }) => pattern.test(sent)).map((match) => match.id)).toEqual([
    id,
  ]);
});
