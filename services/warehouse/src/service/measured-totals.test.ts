import { PrometheusObservability } from '@maestro/actors';
import { MemoryObservability } from '@maestro/actors/testing';
import { expect, it } from 'vitest';
import { DuckDbDatabase } from '../tables/duckdb/duckdb-database.ts';
import { SqlTables } from '../tables/sql-tables.ts';
import { TOP_TENANTS } from '../tables/totals.ts';
import type { Totals } from '../tables/warehouse-tables.ts';
import { MeasuredTotals } from './measured-totals.ts';

const totals = (spent: Record<string, number>): Totals => ({
  continuations: new Map([
    ['sleeping', 2],
    ['killed', 0],
  ]),
  spentMicroUsd: new Map(Object.entries(spent)),
});

it('shows what there is, and no tenant that is not among those any more', async () => {
  const observability = new MemoryObservability();
  const answers = [totals({ acme: 7, other: 1 }), totals({ globex: 9, other: 8 })];
  const tables = { totals: async () => answers.shift() ?? totals({}) };
  const measured = new MeasuredTotals(tables, observability, () => 0);
  await measured.measure();
  expect(observability.shown('maestro_tenant_spent_micro_usd')).toEqual({ acme: 7, other: 1 });
  await measured.measure();
  expect(observability.shown('maestro_tenant_spent_micro_usd')).toEqual({ globex: 9, other: 8 });
  expect(observability.shown('maestro_continuations')).toEqual({ sleeping: 2, killed: 0 });
});

it('counts less often where that takes long', async () => {
  let nowMs = 0;
  let counted = 0;
  const tables = {
    totals: async () => {
      counted++;
      nowMs += 1_000;
      return totals({});
    },
  };
  const measured = new MeasuredTotals(tables, new MemoryObservability(), () => nowMs);
  for (const atMs of [0, 5_000, 20_999, 21_000]) {
    nowMs = Math.max(nowMs, atMs);
    await measured.measure();
  }
  expect(counted).toBe(2);
});

it('shows a bounded number of series of hundreds of tenants', async () => {
  const database = await DuckDbDatabase.open(':memory:');
  const tables = await SqlTables.open(database);
  const columns = (await database.query('describe fact_continuation_lifecycle')).rows;
  const values = columns.map(({ column_name: name, null: nullable }) => {
    if (name === 'tenant') return `case when n = 500 then 'other' else 'tenant-' || n end`;
    if (name === 'status') return `case n % 2 when 0 then 'sleeping' else 'completed' end`;
    if (name === 'spent_micro_usd') return 'n';
    if (nullable === 'YES') return 'null';
    return String(name) === 'continuation' ? `'c-' || n` : name === 'last_event_at' ? 'now()' : '0';
  });
  await database.transaction((transaction) =>
    transaction.script(
      `insert into fact_continuation_lifecycle select ${values.join()} from range(501) as all_of(n)`,
    ),
  );
  const observability = new PrometheusObservability();
  await new MeasuredTotals(tables, observability, Date.now).measure();
  const series = (await observability.scrape()).match(/^maestro_tenant_spent_micro_usd{.*/gm);
  expect(series).toHaveLength(TOP_TENANTS + 1);
  expect(series?.[0]).toBe('maestro_tenant_spent_micro_usd{tenant="tenant-499"} 499');
  const rest = (479 * 480) / 2 + 500;
  expect(series?.at(-1)).toBe(`maestro_tenant_spent_micro_usd{tenant="other"} ${rest}`);
  expect(await observability.scrape()).toContain('maestro_continuations{status="sleeping"} 251');
  expect(await observability.scrape()).toContain('maestro_continuations{status="killed"} 0');
  await tables.close();
});
