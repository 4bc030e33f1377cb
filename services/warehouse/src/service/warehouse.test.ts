import { MemoryObservability } from '@maestro/actors/testing';
import { sampleCommit } from '@maestro/core/testing';
import { expect, it } from 'vitest';
import { openDuckDbTables } from '../tables/duckdb/open-duckdb-tables.ts';
import type { WarehouseTables } from '../tables/warehouse-tables.ts';
import { Warehouse, type WarehouseParts } from './warehouse.ts';

const ref = { tenant: 'acme', id: '01J00000000000000000000000' };
const { commit } = sampleCommit(ref, null, { commitId: 'a.1', events: 6 });

const messageOf = (from: number, to: number) => ({
  tenant: ref.tenant,
  continuation: ref.id,
  from,
  to,
  rows: commit.entries.slice(from - 1, to),
});

interface Opened {
  readonly warehouse: Warehouse;
  readonly tables: WarehouseTables;
  readonly observability: MemoryObservability;
  readonly warnings: string[];
}

async function opened(parts: Partial<WarehouseParts> = {}): Promise<Opened> {
  const tables = parts.tables ?? (await openDuckDbTables(':memory:'));
  const observability = new MemoryObservability();
  const warnings: string[] = [];
  const warehouse = new Warehouse({
    tables,
    store: {
      readRange: async (_ref, from, limit) => commit.entries.slice(from - 1, from - 1 + limit),
      readHead: async () => commit.head,
    },
    tenants: { deletion: async () => undefined, refresh: () => undefined },
    openScanner: async () => ({
      async *heads() {
        yield { ref, head: commit.head };
      },
      close: async () => undefined,
    }),
    wake: async () => undefined,
    observability,
    reconcileMs: 20,
    notes: { info: () => undefined, warn: (_fields, message) => void warnings.push(message) },
    ...parts,
  });
  return { warehouse, tables, observability, warnings };
}

it('has what messages bring, and what none brought', async () => {
  const { warehouse, tables, observability } = await opened();
  await warehouse.take(messageOf(4, 5));
  expect(await tables.position(ref)).toBe(5);
  warehouse.start();
  await expect.poll(() => tables.position(ref)).toBe(6);
  await expect.poll(() => observability.counted('maestro_warehouse_behind_total')).toBe(1);
  expect(observability.counted('maestro_warehouse_events_total')).toBe(6);
  expect(await warehouse.replay(ref)).toEqual({ outcome: 'same', sequence: 6 });
  await expect.poll(() => tables.list({ tenant: 'acme', limit: 1 })).toHaveLength(1);
  await expect
    .poll(() => observability.shown('maestro_continuations'))
    .toMatchObject({ running: 1, completed: 0 });
  const at = (name: 'compared' | 'built'): number =>
    observability.shown(`maestro_warehouse_${name}_at_ms`)[''] ?? 0;
  expect(at('built')).toBe(tables.builtAtMs);
  expect(at('compared')).toBeGreaterThanOrEqual(at('built'));
  await warehouse.stop();
});

it('writes what it was offered before it stops', async () => {
  let closed = 0;
  const real = await openDuckDbTables(':memory:');
  const tables = new Proxy(real, {
    get: (target, name) => {
      if (name === 'close') return async () => void closed++;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const { warehouse } = await opened({ tables });
  warehouse.offer(messageOf(1, 3));
  warehouse.offer(messageOf(4, 6));
  await warehouse.stop();
  warehouse.offer(messageOf(1, 3));
  expect(closed).toBe(1);
  expect(await real.position(ref)).toBe(6);
  await real.close();
});

it('asks for a message again that the tables could not take, and not for one that is none', async () => {
  const { warehouse, tables, warnings } = await opened();
  await expect(warehouse.take({ rows: 'none' })).rejects.toMatchObject({
    code: 'request.invalid',
    retryable: false,
  });
  await tables.close();
  await expect(warehouse.take(messageOf(1, 3))).rejects.toMatchObject({
    code: 'warehouse.unavailable',
    retryable: true,
  });
  warehouse.offer(messageOf(1, 3));
  await expect.poll(() => warnings).toHaveLength(1);
});

it('keeps events of a newer version as they are, and refuses for good what it does not know at all', async () => {
  const { warehouse, tables } = await opened();
  const [first = ''] = commit.entries;
  const stored = JSON.parse(first) as object;
  const newer = JSON.stringify({ ...stored, version: 99, payload: { unheard: ['of'] } });
  await warehouse.take({ ...messageOf(1, 1), rows: [newer] });
  await tables.build();
  expect(await tables.readRange(ref, 1, 10)).toEqual([newer]);
  expect(await tables.list({ tenant: 'acme', limit: 1 })).toMatchObject([
    { id: ref.id, events: 1 },
  ]);
  const odd = {
    ...messageOf(2, 2),
    rows: [JSON.stringify({ ...stored, sequence: 2, type: 'dream' })],
  };
  await expect(warehouse.take(odd)).rejects.toMatchObject({
    code: 'log.corrupt',
    retryable: false,
  });
  // What a newer release has learnt since is read from the log.
  await warehouse.take(messageOf(3, 6));
  expect(await tables.position(ref)).toBe(6);
  await warehouse.stop();
});

it('measures no lag below zero when the clock of a host is ahead', async () => {
  const { warehouse, observability } = await opened();
  const ahead = commit.entries.map((row) =>
    JSON.stringify({ ...(JSON.parse(row) as object), at: '2999-01-01T00:00:00.000Z' }),
  );
  await warehouse.take({ ...messageOf(1, 6), rows: ahead });
  expect(observability.recorded('maestro_warehouse_lag_ms')).toEqual([0]);
  await warehouse.stop();
});

it('goes on comparing when the store or the tables were away', async () => {
  let away = true;
  const { warehouse, tables, warnings } = await opened({
    openScanner: async () => {
      if (away) throw new Error('the store is away');
      return {
        async *heads() {
          yield { ref, head: commit.head };
        },
        close: async () => undefined,
      };
    },
  });
  warehouse.start();
  await expect.poll(() => warnings.length).toBeGreaterThan(1);
  expect(warehouse.last).toBeUndefined();
  away = false;
  await expect.poll(() => tables.position(ref)).toBe(6);
  expect(warehouse.last).toMatchObject({ heads: 1, failed: 0 });
  await warehouse.stop();
});

it('replays what is behind one that cannot be read', async () => {
  const other = { tenant: 'acme', id: '01J00000000000000000000001' };
  const { warehouse } = await opened({
    openScanner: async () => ({
      async *heads() {
        yield { ref: other, head: 'no head' };
        yield { ref, head: commit.head };
      },
      close: async () => undefined,
    }),
  });
  const outcomes: string[] = [];
  for await (const { outcome } of warehouse.replayAll()) outcomes.push(outcome);
  expect(outcomes).toEqual(['broken', 'behind']);
  await warehouse.stop();
});

it('looks at everything again once another process has emptied the tables', async () => {
  const { warehouse, tables } = await opened();
  warehouse.start();
  await expect.poll(() => tables.position(ref)).toBe(6);
  await expect.poll(() => warehouse.last?.behind).toBe(0);
  await tables.clear({ name: 'rebuild', expected: undefined, value: 'another reading' });
  await expect.poll(() => tables.position(ref)).toBe(6);
  await warehouse.stop();
});

it('is held up by no copy, and says how far it is', async () => {
  const status = {
    target: 'redshift://host:5439/db',
    lag: { continuations: 1, events: 6 },
    completeAtMs: null,
    refused: 0,
    problem: 'redshift://host:5439/db does not answer: ECONNREFUSED',
  };
  const copy = {
    status,
    run: (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve());
      }),
  };
  const { warehouse, tables, observability } = await opened({ copy });
  warehouse.start();
  await expect.poll(() => tables.position(ref)).toBe(6);
  await expect.poll(() => tables.builtAtMs).not.toBeNull();
  expect(warehouse.copy).toEqual(status);
  expect(observability.shown('maestro_copy_lacking_events')).toEqual({ '': 6 });
  await warehouse.stop();
});
