import { ContinuationStatus } from '@maestro/core';
import type { SqlDatabase } from './sql-database.ts';
import type { Totals } from './warehouse-tables.ts';

/** Tenants whose spend is told by itself. */
export const TOP_TENANTS = 20;

/** What the rest is called; a tenant of that name is a part of it. */
export const OTHER_TENANTS = 'other';

const QUERY = `
  with spend as (
    select tenant, cast(sum(spent_micro_usd) as bigint) as spent from fact_continuation_lifecycle group by tenant
  ), top as (
    select tenant, spent from spend where spent > 0 and tenant <> '${OTHER_TENANTS}'
    order by spent desc, tenant limit ${TOP_TENANTS}
  )
  select 'status' as kind, status as name, count(*) as amount from fact_continuation_lifecycle group by status
  union all select 'tenant', tenant, spent from top
  union all select 'all', '', cast(coalesce(sum(spent), 0) as bigint) from spend`;

/** Counts continuations and adds up what they have spent. */
export async function readTotals(database: Pick<SqlDatabase, 'query'>): Promise<Totals> {
  const continuations = new Map<string, number>(
    ContinuationStatus.options.map((status) => [status, 0]),
  );
  const spent = new Map<string, number>();
  let rest = 0;
  for (const row of (await database.query(QUERY)).rows) {
    const name = String(row['name']);
    const amount = Number(row['amount']);
    if (row['kind'] === 'status') continuations.set(name, amount);
    else if (row['kind'] === 'tenant') spent.set(name, amount);
    else rest += amount;
  }
  for (const amount of spent.values()) rest -= amount;
  spent.set(OTHER_TENANTS, rest);
  return { continuations, spentMicroUsd: spent };
}
