import { logKey, LogVerifier, type StoredEvent } from '@maestro/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

interface Page {
  readonly events: StoredEvent[];
  readonly next: number | null;
  readonly head: { sequence: number; hash: string; status: string };
  readonly headRow?: string;
}

async function page(id: string, query = ''): Promise<Page & { readonly text: string }> {
  const { json, text, httpStatus } = await api.call('GET', `/continuations/${id}/events${query}`);
  expect(httpStatus).toBe(200);
  return { ...(json as Page), text };
}

it('gives the rows byte for byte', async () => {
  const id = await api.start('noop@1', { sleepMs: 1000 });
  const { text, next, head } = await page(id);
  for (let sequence = 1; sequence <= 4; sequence++) {
    const row = await api.runtime.store.readEntry({ tenant: 'acme', id }, sequence);
    expect(text).toContain(row);
  }
  expect(next).toBeNull();
  expect(head).toMatchObject({ sequence: 4, status: 'sleeping' });
});

it('gives a log in pages that verify, and the head row that they fold to', async () => {
  const id = await api.start('countdown@1', { n: 50, everyMs: 1000 });
  await api.runtime.advance(60_000);
  const verifier = new LogVerifier({ tenant: 'acme', id });
  let from: number | null = 1;
  let last: Page | undefined;
  while (from !== null) {
    last = await page(id, `?from=${from}&limit=7&include=head`);
    expect(last.events.length).toBeLessThanOrEqual(7);
    for (const event of last.events) expect(verifier.add(event)).toBeUndefined();
    from = last.next;
  }
  expect(verifier.position).toMatchObject({
    sequence: last?.head.sequence,
    hash: last?.head.hash,
  });
  expect(last?.head.status).toBe('completed');
  expect(last?.headRow).toBe(verifier.head);
});

it('gives nothing beyond the head', async () => {
  const id = await api.start('noop@1', { sleepMs: 1000 });
  const beyond = await page(id, '?from=5');
  expect(beyond).toMatchObject({ events: [], next: null, head: { sequence: 4 } });
  expect(beyond.headRow).toBeUndefined();
});

it('refuses a page of which the store lacks an event that the head counts', async () => {
  const id = await api.start('noop@1', { sleepMs: 1000 });
  api.runtime.rows.tamper(logKey({ tenant: 'acme', id }, 3), undefined);
  for (const query of ['', '?from=3', '?from=3&limit=1']) {
    const { code } = await api.refused('GET', `/continuations/${id}/events${query}`);
    expect(code).toBe('log.corrupt');
  }
  expect((await page(id, '?limit=2')).next).toBe(3);
});
