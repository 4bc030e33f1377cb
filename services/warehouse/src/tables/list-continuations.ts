import type { ContinuationStatus } from '@maestro/core';
import type { SqlDatabase, SqlRow, SqlValue } from './sql-database.ts';
import type { ListedLife, ListQuery } from './warehouse-tables.ts';

/** Instants have milliseconds, which a number holds exactly. */
const msOf = (column: string): string =>
  `cast(round(extract(epoch from ${column}) * 1000) as bigint)`;
/** The tables keep instants in UTC, without saying so. */
const utcOf = (ms: number): string => new Date(ms).toISOString().slice(0, -1);

/** Lists continuations of a tenant, the newest first; those that are due by an instant the soonest first. */
export async function listContinuations(
  database: Pick<SqlDatabase, 'query'>,
  query: ListQuery,
): Promise<readonly ListedLife[]> {
  const values: SqlValue[] = [];
  const parameter = (value: SqlValue): string => `$${values.push(value)}`;
  const instant = (ms: number): string => `cast(${parameter(utcOf(ms))} as timestamp)`;
  const conditions = [`life.tenant = ${parameter(query.tenant)}`, 'created_at is not null'];
  for (const column of ['status', 'recipe', 'root'] as const) {
    const value = query[column];
    if (value !== undefined) conditions.push(`${column} = ${parameter(value)}`);
  }
  if (query.tag !== undefined) {
    conditions.push(
      `exists (select 1 from continuation_tag as tagged where tagged.tenant = life.tenant
         and tagged.continuation = life.continuation and tag = ${parameter(query.tag)})`,
    );
  }
  if (query.sinceMs !== undefined) {
    conditions.push(`created_at >= ${instant(query.sinceMs)}`);
  }
  if (query.search !== undefined) {
    const pattern = `%${query.search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    conditions.push(String.raw`objective ilike ${parameter(pattern)} escape '\'`);
  }
  const byDue = query.dueByMs !== undefined;
  if (query.dueByMs !== undefined) {
    conditions.push(`status = 'sleeping'`, `due_at <= ${instant(query.dueByMs)}`);
  }
  if (query.after) {
    const { createdAtMs, dueAtMs, id } = query.after;
    const [column, order] = byDue ? ['due_at', '>'] : ['created_at', '<'];
    const at = instant((byDue ? dueAtMs : createdAtMs) ?? 0);
    conditions.push(
      `(${column} ${order} ${at} or (${column} = ${at} and life.continuation ${order} ${parameter(id)}))`,
    );
  }
  const { rows } = await database.query(
    `select life.continuation, status, recipe, objective, root, depth, tick, events, children, spent_micro_usd,
       ${msOf('created_at')} as created_ms, ${msOf('last_event_at')} as last_ms, ${msOf('finished_at')} as finished_ms,
       case when status = 'sleeping' then ${msOf('due_at')} end as due_ms
     from fact_continuation_lifecycle as life
     ${byDue ? '' : 'left '}join continuation_due as due on due.tenant = life.tenant and due.continuation = life.continuation
     where ${conditions.join(' and ')}
     order by ${byDue ? 'due_at, life.continuation' : 'created_at desc, life.continuation desc'} limit ${parameter(query.limit)}`,
    values,
  );
  return rows.map(lifeOf);
}

function lifeOf(row: SqlRow): ListedLife {
  return {
    id: String(row['continuation']),
    // Facts know no other.
    status: row['status'] as ContinuationStatus,
    recipe: textOf(row['recipe']),
    objective: textOf(row['objective']),
    root: textOf(row['root']),
    depth: numberOf(row['depth']),
    tick: Number(row['tick']),
    events: Number(row['events']),
    children: Number(row['children']),
    spentMicroUsd: Number(row['spent_micro_usd']),
    createdAtMs: Number(row['created_ms']),
    lastEventAtMs: Number(row['last_ms']),
    finishedAtMs: numberOf(row['finished_ms']),
    dueAtMs: numberOf(row['due_ms']),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
