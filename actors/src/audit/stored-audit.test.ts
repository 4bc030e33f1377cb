import { auditKey, AuditVerifier, type AuditEntry, type AuditFault } from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { MemoryRowStore } from '../testing/index.ts';
import { StoredAudit } from './stored-audit.ts';

const entry = (requestId: string): AuditEntry => ({
  at: '2026-01-01T00:00:00.000Z',
  by: 'alice',
  roles: ['researcher'],
  action: 'startContinuation',
  target: null,
  requestId,
  outcome: 'done',
});

/** All entries of a log that is in order. */
async function entriesOf(audit: StoredAudit, tenant = 'acme'): Promise<string[]> {
  const verifier = new AuditVerifier({ number: 0, hash: '0'.repeat(64) });
  const found: string[] = [];
  for (;;) {
    const rows = await audit.read(tenant, (verifier.end?.number ?? 0) + 1, 7);
    for (const row of rows) {
      expect(verifier.add(row)).toBeUndefined();
      const { entries } = JSON.parse(row) as { entries: AuditEntry[] };
      found.push(...entries.map(({ requestId }) => requestId));
    }
    if (rows.length < 7) return found;
  }
}

it('chains what comes one after the other, and what comes together', async () => {
  const rows = new MemoryRowStore();
  const audit = new StoredAudit(rows);
  for (const id of ['a', 'b']) await audit.append('acme', entry(id));
  const many = Array.from({ length: 250 }, (_, index) => `c${index}`);
  await Promise.all(many.map((id) => audit.append('acme', entry(id))));
  await audit.append('globex', entry('x'));
  expect(await entriesOf(audit)).toEqual(['a', 'b', ...many]);
  expect(await entriesOf(audit, 'globex')).toEqual(['x']);
  // Two alone, the first of the many, and the rest by hundreds.
  expect([...rows.snapshot().keys()].filter((key) => key.startsWith('acme:audit'))).toHaveLength(6);
});

it.each([0, 1, 2, 3, 7, 8, 9, 100])('goes on behind %i records that are there', async (records) => {
  const rows = new MemoryRowStore();
  const before = new StoredAudit(rows);
  for (let index = 0; index < records; index++) await before.append('acme', entry(`${index}`));
  await new StoredAudit(rows).append('acme', entry('next'));
  const found = await entriesOf(before);
  expect(found).toHaveLength(records + 1);
  expect(found.at(-1)).toBe('next');
});

it('takes the entries of several processes, each once', async () => {
  const rows = new MemoryRowStore();
  const audits = [1, 2, 3].map(() => new StoredAudit(rows));
  const ids = Array.from({ length: 60 }, (_, index) => `${index}`);
  for (let from = 0; from < ids.length; from += 6) {
    const some = ids.slice(from, from + 6);
    await Promise.all(
      some.map(async (id, index) => {
        await audits[index % 3]?.append('acme', entry(id));
      }),
    );
  }
  expect((await entriesOf(audits[0] as StoredAudit)).sort()).toEqual(ids.sort());
});

describe('a store that', () => {
  it('loses answers leaves no entry out and none twice', async () => {
    const rows = new MemoryRowStore();
    const audit = new StoredAudit(rows);
    let writes = 0;
    rows.fault = () => (writes++ % 2 === 0 ? 'lose-answer' : undefined);
    for (const id of ['a', 'b', 'c']) await audit.append('acme', entry(id));
    expect(await entriesOf(audit)).toEqual(['a', 'b', 'c']);
  });

  it('refuses for good has it said so, and goes on later', async () => {
    const rows = new MemoryRowStore();
    const audit = new StoredAudit(rows);
    rows.fault = () => 'refuse';
    await expect(audit.append('acme', entry('a'))).rejects.toMatchObject({
      code: 'sidecar.unavailable',
      retryable: true,
    });
    rows.fault = undefined;
    await audit.append('acme', entry('b'));
    expect(await entriesOf(audit)).toEqual(['b']);
  }, 30_000);

  it('holds something else in the place of a record is told so', async () => {
    const rows = new MemoryRowStore();
    rows.tamper(auditKey('acme', 1), '{}');
    const refused = new StoredAudit(rows).append('acme', entry('a'));
    await expect(refused).rejects.toMatchObject({ code: 'log.corrupt' });
  });
});

/** What is wrong with each of some rows. */
function check(changed: readonly string[]): readonly (AuditFault | undefined)[] {
  const verifier = new AuditVerifier();
  return changed.map((row) => verifier.add(row));
}

it('shows which record was changed, taken away or put in another place', async () => {
  const rows = new MemoryRowStore();
  const audit = new StoredAudit(rows);
  for (const id of ['a', 'b', 'c', 'd']) await audit.append('acme', entry(id));
  const stored = await audit.read('acme', 1, 10);
  expect(check(stored)).toEqual([undefined, undefined, undefined, undefined]);
  expect(check(stored.slice(2))).toEqual([undefined, undefined]);
  const [a = '', b = '', c = '', d = ''] = stored;
  expect(check([a, b.replace('alice', 'mallory'), c])).toEqual([
    undefined,
    'changed',
    'out-of-place',
  ]);
  expect(check([a, c, d])[1]).toBe('out-of-place');
  expect(check([a, c, b])[1]).toBe('out-of-place');
  expect(check([a, 'no JSON'])[1]).toBe('not-a-record');
  expect(check([a, b.replace('"tenant":"acme"', '"tenant":"globex"')])[1]).toBe(
    'of-another-tenant',
  );
});
