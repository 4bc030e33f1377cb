import { AUDIT_GENESIS, AuditVerifier, type AuditEntry } from '@maestro/core';
import type { AuditPage } from '@maestro/client/protocol';
import { afterEach, expect, it } from 'vitest';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

const OPERATOR = { token: 'acme:olga:operator' };

let api: ApiHarness;
afterEach(() => api.close());

async function entries(token = OPERATOR.token): Promise<readonly AuditEntry[]> {
  const verifier = new AuditVerifier({ number: 0, hash: AUDIT_GENESIS });
  const found: AuditEntry[] = [];
  for (let from: number | null = 1; from !== null;) {
    const { json } = await api.call('GET', `/audit?from=${from}&limit=2`, { token });
    const { records, next } = json as AuditPage;
    for (const record of records) {
      expect(verifier.add(record)).toBeUndefined();
      found.push(...(JSON.parse(record) as { entries: AuditEntry[] }).entries);
    }
    from = next;
  }
  return found;
}

it('says who did what to which continuation, and what was refused', async () => {
  api = await startApi();
  const id = await api.start('wait@1');
  const signals = `/continuations/${id}/signals`;
  const given = await api.call('POST', signals, { body: { signal: 'go', payload: { iban: 'x' } } });
  await api.refused('POST', signals, { body: { signal: 'seal' } });
  await api.call('GET', `/continuations/${id}`);
  // What is not understood asks for nothing.
  await api.refused('POST', signals, { body: { signal: 5 } });
  const found = await entries();
  const alice = {
    by: 'alice',
    roles: ['researcher'],
    at: expect.any(String),
    requestId: expect.any(String),
  };
  expect(found).toEqual([
    { ...alice, action: 'startContinuation', target: id, outcome: 'done' },
    {
      ...alice,
      action: 'signalContinuation',
      target: id,
      detail: { signal: 'go' },
      outcome: 'done',
      requestId: given.headers.get('x-request-id'),
    },
    {
      ...alice,
      action: 'signalContinuation',
      target: id,
      detail: { signal: 'seal' },
      outcome: 'refused',
      code: 'auth.forbidden',
    },
  ]);
  expect(JSON.stringify(found)).not.toContain('iban');
  expect(await entries('globex:oscar:operator')).toEqual([]);
});

it('says who froze and why before it is done, and does nothing that it cannot say', async () => {
  api = await startApi();
  const body = { reason: 'an inquiry' };
  await api.call('POST', '/freeze', { ...OPERATOR, body });
  await api.call('POST', '/thaw', { ...OPERATOR, body: {} });
  const found = await entries();
  expect(found.map(({ action, outcome, detail }) => ({ action, outcome, detail }))).toEqual([
    { action: 'freeze', outcome: 'asked', detail: { scope: 'tenant', reason: 'an inquiry' } },
    { action: 'freeze', outcome: 'done', detail: { scope: 'tenant', reason: 'an inquiry' } },
    { action: 'thaw', outcome: 'asked', detail: { scope: 'tenant' } },
    { action: 'thaw', outcome: 'done', detail: { scope: 'tenant' } },
  ]);
  api.runtime.rows.fault = (writes) =>
    writes.some(({ key }) => key.includes(':audit:')) ? 'refuse' : undefined;
  expect(await api.refused('POST', '/freeze', { ...OPERATOR, body })).toMatchObject({
    httpStatus: 503,
  });
  expect((await api.call('GET', '/freeze')).json).toEqual({ freeze: null });
  // What a continuation's own log says too goes on.
  await api.start('wait@1');
});

it('is for operators', async () => {
  api = await startApi();
  expect(await api.refused('GET', '/audit')).toMatchObject({ code: 'auth.forbidden' });
  for (const query of ['from=0', 'limit=501', 'limit=x', 'after=1']) {
    expect(await api.refused('GET', `/audit?${query}`, OPERATOR)).toMatchObject({
      code: 'request.invalid',
    });
  }
});
