import { partitionKeyOf, type ContinuationRef } from '@maestro/core';
import type { CopyLag, CopySource, LackingLog } from './copy-source.ts';
import type { SqlDatabase } from '../tables/sql-database.ts';
import type { ContinuationEnd } from '../tables/warehouse-tables.ts';

/** What copies lack, by the tables `event`, `event_end` and `copy_end`. */
export class SqlCopySource implements CopySource {
  readonly #database: Pick<SqlDatabase, 'query' | 'transaction'>;

  constructor(database: Pick<SqlDatabase, 'query' | 'transaction'>) {
    this.#database = database;
  }

  async forget(target: string): Promise<void> {
    await this.#database.transaction((transaction) =>
      transaction.query('delete from copy_end where target = $1', [target]),
    );
  }

  async note(
    target: string,
    ends: readonly Pick<ContinuationEnd, 'ref' | 'sequence'>[],
  ): Promise<void> {
    if (ends.length === 0) return;
    await this.#database.transaction((transaction) =>
      transaction.query(
        `insert into copy_end (target, tenant, continuation, sequence)
         select $1, tenant, continuation, sequence
         from (select unnest($2::text[]) as tenant, unnest($3::text[]) as continuation, unnest($4::bigint[]) as sequence) as copied
         where true
         on conflict (target, tenant, continuation) do update set sequence = excluded.sequence`,
        [
          target,
          ends.map(({ ref }) => ref.tenant),
          ends.map(({ ref }) => ref.id),
          ends.map(({ sequence }) => sequence),
        ],
      ),
    );
  }

  async lacking(
    target: string,
    after: ContinuationRef | undefined,
    limit: number,
  ): Promise<readonly LackingLog[]> {
    const { rows } = await this.#database.query(
      `select event_end.tenant, event_end.continuation, coalesce(copy_end.sequence, 0) as after_sequence,
         event_end.sequence as to_sequence
       from event_end
       left join copy_end on copy_end.target = $1 and copy_end.tenant = event_end.tenant
         and copy_end.continuation = event_end.continuation
       where event_end.sequence > coalesce(copy_end.sequence, 0)
         and (event_end.tenant > $2 or (event_end.tenant = $2 and event_end.continuation > $3))
       order by event_end.tenant, event_end.continuation limit $4`,
      [target, after?.tenant ?? '', after?.id ?? '', limit],
    );
    return rows.map((row) => ({
      ref: { tenant: String(row['tenant']), id: String(row['continuation']) },
      after: Number(row['after_sequence']),
      to: Number(row['to_sequence']),
    }));
  }

  async rows(lacking: readonly LackingLog[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = new Map<string, string[]>();
    if (lacking.length === 0) return found;
    const { rows } = await this.#database.query(
      `select event.tenant, event.continuation, event.row_text
       from event
       join (
         select unnest($1::text[]) as tenant, unnest($2::text[]) as continuation,
           unnest($3::bigint[]) as after_sequence, unnest($4::bigint[]) as to_sequence
       ) as wanted
         on wanted.tenant = event.tenant and wanted.continuation = event.continuation
         and event.sequence > wanted.after_sequence and event.sequence <= wanted.to_sequence
       order by event.tenant, event.continuation, event.sequence`,
      [
        lacking.map(({ ref }) => ref.tenant),
        lacking.map(({ ref }) => ref.id),
        lacking.map(({ after }) => after),
        lacking.map(({ to }) => to),
      ],
    );
    for (const row of rows) {
      const ref = { tenant: String(row['tenant']), id: String(row['continuation']) };
      const key = partitionKeyOf(ref);
      const mine = found.get(key);
      if (mine) mine.push(String(row['row_text']));
      else found.set(key, [String(row['row_text'])]);
    }
    return found;
  }

  async lag(target: string): Promise<CopyLag> {
    const { rows } = await this.#database.query(
      `select count(*) as continuations,
         cast(coalesce(sum(event_end.sequence - coalesce(copy_end.sequence, 0)), 0) as bigint) as events
       from event_end
       left join copy_end on copy_end.target = $1 and copy_end.tenant = event_end.tenant
         and copy_end.continuation = event_end.continuation
       where event_end.sequence > coalesce(copy_end.sequence, 0)`,
      [target],
    );
    return {
      continuations: Number(rows[0]?.['continuations']),
      events: Number(rows[0]?.['events']),
    };
  }
}
