import { afterAll, beforeAll, expect, it } from 'vitest';
import { openIdentity } from './identity/open-identity.ts';
import type { ModelLife, ReadModel } from './read-model/read-model.ts';
import { startApi, type ApiHarness } from './testing/api-harness.ts';
import {
  AUDIENCE,
  startOpenidProvider,
  type OpenidProvider,
  type SignedIn,
} from './testing/openid-provider.ts';
import { providerConfigOf } from './testing/provider-config-of.ts';

const ACCOUNTS = {
  alice: { tenant: 'acme', roles: ['researcher'] },
  ann: { tenant: 'acme', roles: ['researcher'] },
  rita: { tenant: 'acme', roles: ['reviewer'] },
  bob: { tenant: 'globex', roles: ['researcher'] },
  guest: { tenant: 'acme', roles: [] },
};
type Login = keyof typeof ACCOUNTS;

let provider: OpenidProvider;
let api: ApiHarness;
const tokens = new Map<Login, SignedIn>();
beforeAll(async () => {
  provider = await startOpenidProvider(ACCOUNTS);
  const { identity, ready } = await openIdentity({
    identity: providerConfigOf({
      PROVIDER: 'oidc',
      ISSUER: provider.issuer,
      AUDIENCE,
    }),
    devKeyFile: '',
    environment: 'production',
  });
  api = await startApi({ identity, ready, readModel });
  for (const login of Object.keys(ACCOUNTS) as Login[]) {
    tokens.set(login, await provider.signIn(login));
  }
});
afterAll(async () => {
  await api?.close();
  await provider?.close();
});

/** What the heads in the store are, in place of a warehouse. */
const readModel: ReadModel = {
  erase: async () => undefined,
  list: async ({ tenant }) => ({
    builtAtMs: 0,
    lives: [...api.runtime.rows.snapshot().keys()].flatMap((key) => {
      const [owner, id = '', row] = key.split(':');
      return owner === tenant && row === 'head' ? [{ ...LIFE, id }] : [];
    }),
  }),
  figures: () => Promise.reject(new Error('nobody asks for figures')),
  replay: () => Promise.reject(new Error('nobody asks for a replay')),
};
const LIFE: Omit<ModelLife, 'id'> = {
  status: 'sleeping',
  recipe: 'wait@1',
  objective: 'try it',
  root: null,
  depth: 0,
  tick: 1,
  events: 4,
  children: 0,
  spentMicroUsd: 0,
  createdAtMs: 0,
  lastEventAtMs: 0,
  finishedAtMs: null,
  dueAtMs: null,
};

const tokenOf = (login: Login): string => tokens.get(login)?.accessToken ?? '';
const goal = { objective: 'try it', recipe: 'wait@1', parameters: {} };

async function start(login: Login): Promise<string> {
  const { json, text } = await api.call('POST', '/continuations', {
    body: { goal },
    token: tokenOf(login),
  });
  const id = (json as { id?: string }).id;
  if (id === undefined) throw new Error(text);
  return id;
}

it('researchers who sign in see what is of their tenant, and nothing else', async () => {
  const ids = { alice: await start('alice'), ann: await start('ann'), bob: await start('bob') };
  const everything = Object.entries(ids) as [keyof typeof ids, string][];
  for (const viewer of ['alice', 'ann', 'bob'] as const) {
    const list = await api.call('GET', '/continuations', { token: tokenOf(viewer) });
    const { continuations } = list.json as { continuations: { id: string }[] };
    const own = everything.filter(([owner]) => ACCOUNTS[owner].tenant === ACCOUNTS[viewer].tenant);
    expect(continuations.map(({ id }) => id).sort()).toEqual(own.map(([, id]) => id).sort());
    for (const [owner, id] of everything) {
      const isOwn = ACCOUNTS[owner].tenant === ACCOUNTS[viewer].tenant;
      for (const path of ['', '/events', '/explain', '/lineage?relation=ancestors']) {
        const url = `/continuations/${id}${path}`;
        const answer = await api.call('GET', url, { token: tokenOf(viewer) });
        expect(answer.httpStatus, `${viewer} ${owner} ${path} ${answer.text}`).toBe(
          isOwn ? 200 : 404,
        );
      }
      if (isOwn) continue;
      const options = { body: { signal: 'kill' }, token: tokenOf(viewer) };
      const refused = await api.refused('POST', `/continuations/${id}/signals`, options);
      expect(refused.code).toBe('continuation.not_found');
    }
  }
  const events = await api.call('GET', `/continuations/${ids.alice}/events`, {
    token: tokenOf('ann'),
  });
  expect(events.text).toContain('"requestedBy":{"subject":"alice"}');
});

it('a reviewer speaks to what a researcher has started, and starts nothing', async () => {
  const id = await start('alice');
  const token = tokenOf('rita');
  const refused = await api.refused('POST', '/continuations', { body: { goal }, token });
  expect(refused).toMatchObject({ httpStatus: 403, code: 'auth.forbidden' });
  const signal = { body: { signal: 'go' }, token };
  const answer = await api.call('POST', `/continuations/${id}/signals`, signal);
  expect(answer.json).toMatchObject({ changed: true });
});

it('an application starts by a token of its own, and forks nothing', async () => {
  const token = await provider.serviceToken();
  const answer = await api.call('POST', '/continuations', { body: { goal }, token });
  expect(answer.httpStatus, answer.text).toBe(201);
  const { id } = answer.json as { id: string };
  const forks = { body: { children: [{}] }, token };
  const refused = await api.refused('POST', `/continuations/${id}/forks`, forks);
  expect(refused.code).toBe('auth.forbidden');
  const seen = await api.call('GET', `/continuations/${id}`, { token: tokenOf('alice') });
  expect(seen.httpStatus).toBe(200);
});

it('whoever has no role may nothing', async () => {
  const refused = await api.refused('GET', '/tenant', { token: tokenOf('guest') });
  expect(refused).toMatchObject({ httpStatus: 403, code: 'auth.forbidden' });
});

it('an id token opens nothing', async () => {
  const token = tokens.get('alice')?.idToken ?? '';
  expect(token.split('.')).toHaveLength(3);
  const refused = await api.refused('GET', '/tenant', { token });
  expect(refused).toMatchObject({ httpStatus: 401, code: 'auth.invalid' });
});

it('the API is ready once it has the keys', async () => {
  expect((await api.call('GET', '/readyz', { token: null })).json).toEqual({
    ready: true,
    checks: [{ name: 'identity', ok: true }],
  });
});
