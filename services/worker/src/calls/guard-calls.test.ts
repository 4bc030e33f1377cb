import { MaestroError, sha256Hex, canonicalJson, type Identity } from '@maestro/core';
import { signCall } from '@maestro/actors';
import { FakeClock } from '@maestro/actors/testing';
import { expect, it } from 'vitest';
import { guardCalls, type CallChecks } from './guard-calls.ts';

const ID = 'acme.01K2M3N4P5Q6R7S8T9V0W1X2Y3';
const KEY = 'k'.repeat(32);
const OLD = 'o'.repeat(32);
const goal = { objective: 'x', recipe: 'wait@1', parameters: {}, sensitivity: 'internal' };

/** Tokens are `tenant/subject/roles`. */
const identity: Identity = {
  verify: async (token) => {
    const [tenant = '', subject = '', roles = ''] = token.split('/');
    if (tenant === 'old') throw new MaestroError('auth.expired', 'the token has expired');
    return { tenant, subject, roles: roles.split('+'), expiresAtMs: 0 };
  },
};

function guarded(
  command: unknown,
  { token = 'acme/planner/service', ...more }: Record<string, string | undefined> = {},
  checks: Partial<CallChecks> = {},
): Promise<unknown> {
  const clock = new FakeClock(0);
  const log = { warn: () => undefined };
  const guard = guardCalls({
    keys: [KEY, OLD],
    identity,
    admit: async () => undefined,
    open: false,
    clock,
    log,
    ...checks,
  });
  return guard({
    actorType: 'Continuation',
    actorId: ID,
    text: typeof command === 'string' ? command : JSON.stringify(command),
    authorization: token === '' ? undefined : `Bearer ${token}`,
    signature: undefined,
    ...more,
  });
}

it('starts in the name of whom the token names, with the hash that the API would take', async () => {
  const { sensitivity: _, ...asSent } = goal;
  expect(await guarded({ kind: 'spawn', goal: asSent, budget: { capUsd: 1 } })).toMatchObject({
    kind: 'spawn',
    goal,
    requestedBy: { subject: 'planner' },
    requestHash: sha256Hex(canonicalJson({ goal, budget: { capUsd: 1 } })),
  });
});

it('signals in the name and the roles of the token', async () => {
  expect(await guarded({ kind: 'signal', signal: 'go', requestId: 'r1', payload: 1 })).toEqual({
    kind: 'signal',
    signal: 'go',
    requestId: 'r1',
    payload: 1,
    by: { subject: 'planner' },
    roles: ['service'],
  });
});

it('looks, and wakes where an operator may', async () => {
  expect(await guarded({ kind: 'look' })).toEqual({ kind: 'look' });
  expect(await guarded({ kind: 'wake' }, { token: 'acme/x/operator' })).toEqual({
    kind: 'wake',
    rearm: true,
  });
});

const by = { subject: 'director' };
it.each([
  ['who asks', { kind: 'spawn', goal, requestedBy: by }],
  ['the hash', { kind: 'spawn', goal, requestHash: 'x' }],
  ['a place in another family', { kind: 'spawn', goal, lineage: {} }],
  ['a beginning of its own', { kind: 'spawn', goal, beginning: {} }],
  ['who signals', { kind: 'signal', signal: 'go', requestId: 'r', by }],
  ['its roles', { kind: 'signal', signal: 'go', requestId: 'r', roles: ['director'] }],
  ['no request id', { kind: 'signal', signal: 'go' }],
  ['when a reminder was armed', { kind: 'wake', armedAtMs: 1 }],
  ['nothing', null],
  ['no JSON', '{'],
])('refuses a service that says %s', async (_what, command) => {
  await expect(guarded(command)).rejects.toMatchObject({ code: 'request.invalid' });
});

it.each(['finish-step', 'heartbeat', 'item', 'join', 'hand-over', 'fork', 'publish', 'other'])(
  'keeps %s for itself',
  async (kind) => {
    await expect(guarded({ kind })).rejects.toMatchObject({ code: 'auth.forbidden' });
  },
);

it.each([
  ['a start', 'reviewer', { kind: 'spawn', goal }],
  ['a signal', 'director', { kind: 'signal', signal: 'go', requestId: 'r' }],
  ['a seal', 'service', { kind: 'signal', signal: 'seal', requestId: 'r' }],
  ['a look', 'director', { kind: 'look' }],
  ['a wake', 'service', { kind: 'wake' }],
])('refuses %s by a %s', async (_what, role, command) => {
  await expect(guarded(command, { token: `acme/x/${role}` })).rejects.toMatchObject({
    code: 'auth.forbidden',
  });
});

it.each([
  ['another tenant', 'auth.forbidden', { token: 'other/x/admin' }],
  ['a tenant that begins alike', 'auth.forbidden', { token: 'acm/x/admin' }],
  ['a topic', 'auth.forbidden', { actorType: 'WakeTopic', actorId: 'acme.stream.0.eA' }],
  ['an id with escapes', 'id.invalid', { actorId: ID.replace('.', '%2E') }],
  ['an id in lower case', 'id.invalid', { actorId: ID.toLowerCase() }],
  ['an id of two dots', 'id.invalid', { actorId: `acme.${ID}` }],
  ['an expired token', 'auth.expired', { token: 'old/x/admin' }],
  ['no token', 'auth.missing', { token: '' }],
  ['a made-up signature', 'auth.invalid', { token: '', signature: `0.${'0'.repeat(64)}` }],
])('refuses %s', async (_what, code, call) => {
  await expect(guarded({ kind: 'look' }, call)).rejects.toMatchObject({ code });
});

it.each([KEY, OLD])('takes what one of the keys has signed, whatever it is', async (key) => {
  const command = { kind: 'heartbeat', stepId: 's', attempt: 1 };
  const call = { actorType: 'Continuation', actorId: ID, text: JSON.stringify(command) };
  const signature = signCall(key, call, 0);
  expect(await guarded(command, { token: '', signature })).toEqual(command);
  const elsewhere = { token: '', signature, actorId: ID.replace('acme', 'zoo') };
  await expect(guarded(command, elsewhere)).rejects.toMatchObject({ code: 'auth.invalid' });
});

it('takes calls that prove nothing where it is open, and still checks a token', async () => {
  const open = { keys: [], open: true };
  expect(await guarded({ kind: 'heartbeat' }, { token: '' }, open)).toEqual({ kind: 'heartbeat' });
  await expect(guarded({ kind: 'look' }, { token: 'other/x/admin' }, open)).rejects.toMatchObject({
    code: 'auth.forbidden',
  });
});

it('takes no tokens where there is nobody to check them', async () => {
  await expect(guarded({ kind: 'look' }, {}, { identity: undefined })).rejects.toMatchObject({
    code: 'auth.forbidden',
  });
});

it('asks whether the tenant is served here', async () => {
  const asked: string[] = [];
  const refused = guarded(
    { kind: 'look' },
    {},
    {
      admit: async (tenant) => {
        asked.push(tenant);
        throw new MaestroError('tenant.unknown', 'it was not created here');
      },
    },
  );
  await expect(refused).rejects.toMatchObject({ code: 'tenant.unknown' });
  expect(asked).toEqual(['acme']);
});
