import { MaestroError } from '@maestro/core';
import type { SqlRow } from '../tables/sql-database.ts';

/**
 * What must be nowhere before new events go into the tables; `stage` and `fresh` are the tables of the session. Each is
 * one row with how many there are, in the SQL that Redshift and Synapse have in common.
 */
export function loadChecks(stage: string, fresh: string): readonly LoadCheck[] {
  return [
    {
      sql: `select count(*) as found from (
  select tenant, continuation, min(sequence) as first_sequence, max(sequence) as last_sequence, count(*) as events
  from ${fresh} group by tenant, continuation
) as log
left join event_end on event_end.tenant = log.tenant and event_end.continuation = log.continuation
where log.first_sequence <> coalesce(event_end.sequence, 0) + 1
  or log.events <> log.last_sequence - log.first_sequence + 1`,
      refuse: (found) =>
        new MaestroError(
          'request.invalid',
          `events of ${found} logs do not follow on what the copy has: bring the ones between first`,
        ),
    },
    {
      sql: `select count(*) as found from ${stage} as stage
join event on event.tenant = stage.tenant and event.continuation = stage.continuation and event.sequence = stage.sequence
where event.hash <> stage.hash`,
      refuse: (found) =>
        new MaestroError(
          'log.corrupt',
          `${found} events are other ones in the copy than those that came: compare both with the log`,
        ),
    },
  ];
}

/** A query, and what it means when it finds any. */
export interface LoadCheck {
  readonly sql: string;
  refuse(found: number): MaestroError;
}

/** @throws what the check says unless it has found none. */
export function expectNone(check: LoadCheck, rows: readonly SqlRow[]): void {
  const found = Number(rows[0]?.['found']);
  if (found !== 0) throw check.refuse(found);
}
