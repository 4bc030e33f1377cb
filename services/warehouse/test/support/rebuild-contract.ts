import { MemoryObservability } from '@maestro/actors/testing';
import { partitionKeyOf, type ContinuationRef, type ScannedHead } from '@maestro/core';
import type { WarehouseTables } from '@maestro/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Warehouse } from '../../src/service/warehouse.ts';
import type { FreshTables } from './facts-contract.ts';
import { randomLog } from './random-log.ts';

/** A fresh database whose rows can be spoiled. */
export interface SpoilableTables extends FreshTables {
  run(sql: string): Promise<void>;
}

type Log = ReturnType<typeof randomLog>;

const DELETED = { by: 'ada', at: '2026-01-01T00:00:00.000Z' };

/** A store of logs, which can be away for some of them. */
function storeOf(logs: readonly Log[]) {
  const byKey = new Map(logs.map((log) => [partitionKeyOf(log.ref), log]));
  const away = new Set<string>();
  let reads = 0;
  return {
    away,
    reads: () => reads,
    store: {
      readHead: async (ref: ContinuationRef) => byKey.get(partitionKeyOf(ref))?.head,
      readRange: async (ref: ContinuationRef, from: number, limit: number) => {
        reads++;
        if (away.has(ref.id)) throw new Error('the store is away');
        return byKey.get(partitionKeyOf(ref))?.rows.slice(from - 1, from - 1 + limit) ?? [];
      },
    },
    openScanner: async () => ({
      async *heads(): AsyncGenerator<ScannedHead, void> {
        for (const { ref, head } of logs) yield { ref, head };
      },
      close: async () => undefined,
    }),
  };
}

const BUILT = [
  'fact_continuation_lifecycle',
  'fact_continuation_step',
  'fact_model_call',
  'continuation_due',
  'continuation_tag',
  'dim_tenant',
  'dim_recipe',
  'dim_model',
];

async function contents(fresh: SpoilableTables): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {
    event: await fresh.query(
      'select tenant, continuation, sequence, hash, row_text from event order by tenant, continuation, sequence',
    ),
    event_end: await fresh.query('select * from event_end order by tenant, continuation'),
  };
  for (const table of BUILT) {
    const rows = await fresh.query(`select * from ${table}`);
    found[table] = rows.map((row) => JSON.stringify(row)).sort();
  }
  return found;
}

const ended = async (warehouse: Warehouse, phase: 'complete' | 'failed'): Promise<void> => {
  await expect.poll(() => warehouse.rebuildProgress, { timeout: 30_000 }).toMatchObject({ phase });
};

const replays = async (warehouse: Warehouse): Promise<Map<string, number>> => {
  const counts = new Map<string, number>();
  for await (const { outcome } of warehouse.replayAll()) {
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return counts;
};

/** Brings rows as a message, again and again until they are taken. */
async function taken(
  warehouse: Warehouse,
  { ref, rows }: Pick<Log, 'ref' | 'rows'>,
  from: number,
  to: number,
): Promise<void> {
  if (from > to) return;
  const { tenant, id: continuation } = ref;
  const message = { tenant, continuation, from, to, rows: rows.slice(from - 1, to) };
  for (let isTaken = false; !isTaken;) {
    isTaken = await warehouse.take(message).then(
      () => true,
      () => false,
    );
  }
}

/** What a rebuild must do with any database. */
export function rebuildContract(
  name: string,
  start: () => Promise<{ fresh(): Promise<SpoilableTables>; close(): Promise<void> }>,
): void {
  describe(`a rebuild of tables in ${name}`, () => {
    let database: Awaited<ReturnType<typeof start>>;
    beforeAll(async () => {
      database = await start();
    });
    afterAll(() => database.close());

    const logs = Array.from({ length: 60 }, (_, seed) => randomLog(4_000 + seed, `t-${seed % 3}`));

    function warehouseOf(
      tables: WarehouseTables,
      store = storeOf(logs),
      deleted: ReadonlySet<string> = new Set(),
    ): Warehouse {
      return new Warehouse({
        tables,
        store: store.store,
        openScanner: store.openScanner,
        tenants: {
          deletion: async (tenant) => (deleted.has(tenant) ? DELETED : undefined),
          refresh: () => undefined,
        },
        wake: async () => undefined,
        observability: new MemoryObservability(),
        reconcileMs: 3_600_000,
        notes: { info: () => undefined, warn: () => undefined },
      });
    }

    const filled = async (tables: WarehouseTables, some = logs): Promise<void> => {
      for (const { ref, rows } of some) await tables.append(ref, 1, rows);
      await tables.build();
    };

    it('deletes one tenant as if it had never been there, and takes nothing of it any more', async () => {
      const fresh = await database.fresh();
      const deleted = new Set<string>();
      const warehouse = warehouseOf(fresh.tables, storeOf(logs), deleted);
      await filled(fresh.tables);
      await expect(warehouse.erase('t-1')).rejects.toMatchObject({ code: 'tenant.not_deleted' });
      deleted.add('t-1');
      await warehouse.erase('t-1');
      await warehouse.erase('t-1');
      for (const log of logs.filter(({ ref }) => ref.tenant === 't-1')) {
        await taken(warehouse, log, 1, log.rows.length);
      }
      await fresh.tables.build();
      // Their heads are still in the store.
      warehouse.startRebuild();
      await ended(warehouse, 'complete');
      const without = await database.fresh();
      await filled(
        without.tables,
        logs.filter(({ ref }) => ref.tenant !== 't-1'),
      );
      const [left, expected] = await Promise.all([contents(fresh), contents(without)]);
      // Recipes and models are nobody's.
      for (const table of Object.keys(left).filter(
        (each) => !/^dim_(?:recipe|model)$/.test(each),
      )) {
        expect(left[table], table).toEqual(expected[table]);
      }
      await Promise.all([warehouse.stop(), without.tables.close()]);
    });

    it('puts everything right that was spoiled', async () => {
      const fresh = await database.fresh();
      const warehouse = warehouseOf(fresh.tables);
      await filled(fresh.tables);
      await fresh.tables.save('stream', 'here');
      const whole = await contents(fresh);
      const [first, second, third] = logs.map(({ ref }) => ref.id);
      await fresh.run(
        `update event set row_text = replace(row_text, '"salt-1"', '"salt-x"') where continuation = '${first}'`,
      );
      await fresh.run(`delete from event where continuation = '${second}' and sequence > 1`);
      await fresh.run(`delete from event_end where continuation = '${third}'`);
      await fresh.run(
        `update fact_continuation_lifecycle set events = 99, status = 'killed' where tenant = 't-1'`,
      );
      await fresh.run(
        `insert into dim_tenant select 'nobody', first_event_at, last_event_at, 7 from dim_tenant where tenant = 't-0'`,
      );
      expect((await replays(warehouse)).get('same')).toBeLessThan(logs.length);
      warehouse.startRebuild();
      warehouse.startRebuild();
      await ended(warehouse, 'complete');
      const events = logs.reduce((sum, { rows }) => sum + rows.length, 0);
      expect(warehouse.rebuildProgress).toMatchObject({
        resumed: false,
        heads: logs.length,
        events,
        failed: 0,
        problem: null,
      });
      expect(await contents(fresh)).toEqual(whole);
      expect(await replays(warehouse)).toEqual(new Map([['same', logs.length]]));
      expect(await fresh.tables.load('stream')).toBe('here');
      await fresh.close();
    });

    it('goes on where it was cut, and empties nothing again', async () => {
      const fresh = await database.fresh();
      const store = storeOf(logs);
      const warehouse = warehouseOf(fresh.tables, store);
      await filled(fresh.tables);
      const whole = await contents(fresh);
      for (const { ref } of logs.slice(40)) store.away.add(ref.id);
      warehouse.startRebuild();
      await ended(warehouse, 'failed');
      expect(warehouse.rebuildProgress).toMatchObject({ failed: 20, heads: logs.length });
      store.away.clear();
      const before = store.reads();
      const another = warehouseOf(fresh.tables, store);
      another.startRebuild();
      await ended(another, 'complete');
      expect(another.rebuildProgress).toMatchObject({ resumed: true, failed: 0 });
      expect(store.reads() - before).toBe(20);
      expect(await contents(fresh)).toEqual(whole);
      another.startRebuild();
      await ended(another, 'complete');
      expect(another.rebuildProgress).toMatchObject({ resumed: false });
      await fresh.close();
    });

    it('is begun once by several at once, and ended by nobody when another has begun', async () => {
      const fresh = await database.fresh();
      const warehouses = Array.from({ length: 4 }, () => warehouseOf(fresh.tables));
      for (const warehouse of warehouses) warehouse.startRebuild();
      for (const warehouse of warehouses) await ended(warehouse, 'complete');
      const resumed = warehouses.map(({ rebuildProgress }) => rebuildProgress?.resumed);
      expect(resumed.filter((is) => !is)).toHaveLength(1);
      expect(await replays(warehouseOf(fresh.tables))).toEqual(new Map([['same', logs.length]]));

      const expected = await fresh.tables.load('rebuild');
      expect(expected).toMatch(/ complete$/);
      let isOvertaken = false;
      const store = storeOf(logs);
      const overtaken = warehouseOf(fresh.tables, {
        ...store,
        openScanner: async () => {
          if (!isOvertaken) await fresh.tables.save('rebuild', 'another reading');
          isOvertaken = true;
          return store.openScanner();
        },
      });
      overtaken.startRebuild();
      await ended(overtaken, 'failed');
      expect(overtaken.rebuildProgress?.problem).toContain('another rebuild');
      expect(await fresh.tables.load('rebuild')).toBe('another reading');
      const late = { name: 'rebuild', expected, value: 'late reading' };
      expect(await fresh.tables.clear(late)).toBe(false);
      expect(await fresh.tables.ends()).not.toEqual([]);
      await fresh.close();
    });

    it('loses and doubles nothing of what comes meanwhile', async () => {
      const fresh = await database.fresh();
      const warehouse = warehouseOf(fresh.tables);
      for (const { ref, rows } of logs) await fresh.tables.append(ref, 1, rows.slice(0, 3));
      await fresh.tables.build();
      const coming = (async () => {
        for (const { ref, rows } of logs) {
          const middle = Math.ceil((3 + rows.length) / 2);
          await taken(warehouse, { ref, rows }, 4, middle);
          await taken(warehouse, { ref, rows }, middle + 1, rows.length);
        }
      })();
      const rebuilds = (async () => {
        for (let round = 0; round < 4; round++) {
          warehouse.startRebuild();
          await ended(warehouse, 'complete');
        }
      })();
      await Promise.all([coming, rebuilds, fresh.tables.build(), fresh.tables.build()]);
      await fresh.tables.build();
      expect(await replays(warehouse)).toEqual(new Map([['same', logs.length]]));
      const beside = await contents(fresh);
      await fresh.tables.rebuild();
      expect(await contents(fresh)).toEqual(beside);
      await fresh.close();
    });
  });
}
