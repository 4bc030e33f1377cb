import { MaestroError } from '@maestro/core';
import type { EventColumns } from './event-columns.ts';
import type { SqlTransaction } from './sql-database.ts';

const INSERT_EVENTS = `
insert into event (tenant, continuation, generation, sequence, event_type, event_version, occurred_at, commit_id, trace_id, hash, loaded_at, row_text)
select tenant, continuation, generation, sequence, event_type, event_version, cast(occurred_at as timestamp), commit_id, trace_id, hash, cast($11 as timestamp), row_text
from (
  select
    unnest($1::text[]) as tenant, unnest($2::text[]) as continuation, unnest($3::bigint[]) as generation,
    unnest($4::bigint[]) as sequence, unnest($5::text[]) as event_type, unnest($6::bigint[]) as event_version,
    unnest($7::text[]) as occurred_at, unnest($8::text[]) as commit_id, unnest($9::text[]) as trace_id,
    unnest($10::text[]) as hash, unnest($12::text[]) as row_text
) as arrived
on conflict do nothing`;

const MOVE_ENDS = `
insert into event_end (tenant, continuation, sequence, hash)
select tenant, continuation, sequence, hash
from (
  select unnest($1::text[]) as tenant, unnest($2::text[]) as continuation, unnest($3::bigint[]) as sequence, unnest($4::text[]) as hash
) as arrived
where true
on conflict (tenant, continuation) do update set sequence = excluded.sequence, hash = excluded.hash
where excluded.sequence > event_end.sequence`;

const OTHERS = `
select event.tenant, event.continuation, event.sequence
from event join (
  select unnest($1::text[]) as tenant, unnest($2::text[]) as continuation, unnest($3::bigint[]) as sequence, unnest($4::text[]) as hash
) as arrived
  on event.tenant = arrived.tenant and event.continuation = arrived.continuation and event.sequence = arrived.sequence
where event.hash <> arrived.hash
limit 1`;

/**
 * Adds events to the table and moves the ends; what is there already stays. They must be in the order of tenant,
 * continuation and sequence, in every writer alike, so that writers wait for each other and never in a circle.
 *
 * @throws MaestroError `log.corrupt` when another event is in the place of one of these.
 */
export async function insertEvents(
  transaction: SqlTransaction,
  events: readonly EventColumns[],
  loadedAt: string,
): Promise<void> {
  const tenants = events.map(({ ref }) => ref.tenant);
  const ids = events.map(({ ref }) => ref.id);
  const sequences = events.map(({ sequence }) => sequence);
  const hashes = events.map(({ hash }) => hash);
  const { changed } = await transaction.query(INSERT_EVENTS, [
    tenants,
    ids,
    events.map(({ generation }) => generation),
    sequences,
    events.map(({ type }) => type),
    events.map(({ version }) => version),
    events.map(({ at }) => at),
    events.map(({ commit }) => commit),
    events.map(({ traceId }) => traceId),
    hashes,
    loadedAt,
    events.map(({ row }) => row),
  ]);
  if (changed < events.length) {
    const { rows } = await transaction.query(OTHERS, [tenants, ids, sequences, hashes]);
    const [other] = rows;
    if (other) {
      throw new MaestroError(
        'log.corrupt',
        `event ${String(other['sequence'])} of ${String(other['tenant'])}:${String(other['continuation'])} is another one here than the one that came: compare both with the log`,
      );
    }
  }
  const last = events.filter(
    (event, index) =>
      event.ref.id !== events[index + 1]?.ref.id ||
      event.ref.tenant !== events[index + 1]?.ref.tenant,
  );
  await transaction.query(MOVE_ENDS, [
    last.map(({ ref }) => ref.tenant),
    last.map(({ ref }) => ref.id),
    last.map(({ sequence }) => sequence),
    last.map(({ hash }) => hash),
  ]);
}
