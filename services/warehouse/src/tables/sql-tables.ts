import { MaestroError, partitionKeyOf, type ContinuationRef } from '@maestro/core';
import type { CopySource } from '../copy/copy-source.ts';
import { SqlCopySource } from '../copy/sql-copy-source.ts';
import {
  changeCheckpoint,
  clearTables,
  eraseTenant,
  loadCheckpoint,
  saveCheckpoint,
} from './clear-tables.ts';
import { FactBuilder } from './build-facts.ts';
import { eventColumns, type EventColumns } from './event-columns.ts';
import { insertEvents } from './event-table.ts';
import type { Figures } from './figures.ts';
import { listContinuations } from './list-continuations.ts';
import { migrate } from './migrate.ts';
import { readFigures } from './read-figures.ts';
import type { SqlDatabase } from './sql-database.ts';
import { sqlFiles } from './sql-files.ts';
import { readTotals } from './totals.ts';
import type {
  BuildCounts,
  CheckpointChange,
  ContinuationEnd,
  EndsPage,
  ListQuery,
  ListedLife,
  Totals,
  WarehouseTables,
} from './warehouse-tables.ts';
import { WriteQueue } from './write-queue.ts';

/** At most so many characters of rows in one transaction, unless a single call brings more. */
const MAX_BATCH_CHARS = 4 * 1024 * 1024;

/** Options of {@link SqlTables}. */
export interface SqlTablesOptions {
  /** Milliseconds since the epoch, for when something was loaded. @default Date.now */
  readonly nowMs?: () => number;
}

/** The warehouse's tables in an SQL database. */
export class SqlTables implements WarehouseTables {
  readonly copies: CopySource;
  readonly #database: SqlDatabase;
  readonly #nowMs: () => number;
  readonly #queue: WriteQueue<readonly EventColumns[]>;
  readonly #facts: FactBuilder;
  #building: Promise<unknown> = Promise.resolve();

  #builtAtMs: number | null = null;

  private constructor(database: SqlDatabase, nowMs: () => number) {
    this.#database = database;
    this.#nowMs = nowMs;
    this.copies = new SqlCopySource(database);
    this.#facts = new FactBuilder(database);
    this.#queue = new WriteQueue((batches) => this.#write(batches.flat()), MAX_BATCH_CHARS);
  }

  /**
   * Brings the database's tables to what this release needs; the database is closed with the tables.
   *
   * @throws MaestroError `config.invalid` when its tables are of another release.
   */
  static async open(database: SqlDatabase, options: SqlTablesOptions = {}): Promise<SqlTables> {
    const { nowMs = () => Date.now() } = options;
    try {
      await migrate(database, sqlFiles('common', database.dialect), nowMs());
    } catch (error) {
      await database.close();
      throw error;
    }
    return new SqlTables(database, nowMs);
  }

  async position(ref: ContinuationRef): Promise<number> {
    const { rows } = await this.#database.query(
      'select sequence from event_end where tenant = $1 and continuation = $2',
      [ref.tenant, ref.id],
    );
    return Number(rows[0]?.['sequence'] ?? 0);
  }

  async append(ref: ContinuationRef, from: number, rows: readonly string[]): Promise<void> {
    if (rows.length === 0) return;
    const events = eventColumns(ref, from, rows);
    const chars = rows.reduce((sum, row) => sum + row.length, 0);
    await this.#queue.add(events, chars);
  }

  async readRange(ref: ContinuationRef, from: number, limit: number): Promise<readonly string[]> {
    const { rows } = await this.#database.query(
      `select row_text from event
       where tenant = $1 and continuation = $2 and sequence >= $3 and sequence < $4 order by sequence`,
      [ref.tenant, ref.id, from, from + limit],
    );
    return rows.map((row) => String(row['row_text']));
  }

  async ends(page: EndsPage = {}): Promise<readonly ContinuationEnd[]> {
    const { tenant = null, after, limit = 1_000 } = page;
    const { rows } = await this.#database.query(
      `select tenant, continuation, sequence, hash from event_end
       where ($1::text is null or tenant = $1) and (tenant > $2 or (tenant = $2 and continuation > $3))
       order by tenant, continuation limit $4`,
      [tenant, after?.tenant ?? '', after?.id ?? '', limit],
    );
    return rows.map((row) => ({
      ref: { tenant: String(row['tenant']), id: String(row['continuation']) },
      sequence: Number(row['sequence']),
      hash: String(row['hash']),
    }));
  }

  async load(name: string): Promise<string | undefined> {
    return loadCheckpoint(this.#database, name);
  }

  async save(name: string, value: string): Promise<void> {
    await this.#database.transaction((transaction) => saveCheckpoint(transaction, name, value));
  }

  list(query: ListQuery): Promise<readonly ListedLife[]> {
    return listContinuations(this.#database, query);
  }

  figures(): Promise<Figures> {
    return readFigures(this.#database, this.#nowMs());
  }

  totals(): Promise<Totals> {
    return readTotals(this.#database);
  }

  get builtAtMs(): number | null {
    return this.#builtAtMs;
  }

  async build(): Promise<BuildCounts> {
    return this.#oneBuildAtATime(() => this.#facts.build());
  }

  async rebuild(): Promise<BuildCounts> {
    return this.#oneBuildAtATime(async () => {
      await this.#facts.clear();
      return this.#facts.build();
    });
  }

  async clear(checkpoint: CheckpointChange): Promise<boolean> {
    const clearing = this.#building.then(() =>
      this.#database.transaction(async (transaction) => {
        if (!(await changeCheckpoint(transaction, checkpoint))) return false;
        await clearTables(transaction, this.#database.dialect);
        return true;
      }),
    );
    this.#building = clearing.catch(() => undefined);
    return clearing;
  }

  async erase(tenant: string): Promise<void> {
    const erasing = this.#building.then(() =>
      this.#database.transaction((transaction) => eraseTenant(transaction, tenant)),
    );
    this.#building = erasing.catch(() => undefined);
    await erasing;
  }

  async change(checkpoint: CheckpointChange): Promise<boolean> {
    return this.#database.transaction((transaction) => changeCheckpoint(transaction, checkpoint));
  }

  async close(): Promise<void> {
    await this.#queue.idle();
    await this.#building;
    await this.#database.close();
  }

  #oneBuildAtATime(build: () => Promise<BuildCounts>): Promise<BuildCounts> {
    const mine = this.#building.then(async () => {
      const beganAtMs = this.#nowMs();
      const counts = await build();
      this.#builtAtMs = beganAtMs;
      return counts;
    });
    this.#building = mine.catch(() => undefined);
    return mine;
  }

  async #write(arrived: readonly EventColumns[]): Promise<void> {
    const events = inOrder(arrived);
    const refs = [...new Map(events.map(({ ref }) => [partitionKeyOf(ref), ref])).values()];
    const loadedAt = new Date(this.#nowMs()).toISOString();
    await this.#database.transaction(async (transaction) => {
      const { rows } = await transaction.query(
        `select event_end.tenant, event_end.continuation, event_end.sequence
         from event_end join (select unnest($1::text[]) as tenant, unnest($2::text[]) as continuation) as wanted
           on event_end.tenant = wanted.tenant and event_end.continuation = wanted.continuation`,
        [refs.map(({ tenant }) => tenant), refs.map(({ id }) => id)],
      );
      const ends = new Map(
        rows.map((row) => [
          partitionKeyOf({ tenant: String(row['tenant']), id: String(row['continuation']) }),
          Number(row['sequence']),
        ]),
      );
      for (const { ref, sequence } of events) {
        const key = partitionKeyOf(ref);
        const end = ends.get(key) ?? 0;
        if (sequence > end + 1) {
          throw new MaestroError(
            'request.invalid',
            `event ${sequence} of ${key} does not follow on event ${end}: bring the ones between first`,
          );
        }
        ends.set(key, Math.max(end, sequence));
      }
      await insertEvents(transaction, events, loadedAt);
    });
  }
}

/** By tenant, continuation and sequence, each once. */
function inOrder(events: readonly EventColumns[]): EventColumns[] {
  const byPlace = new Map<string, EventColumns>();
  for (const event of events) {
    const place = `${partitionKeyOf(event.ref)}:${String(event.sequence).padStart(16, '0')}`;
    const other = byPlace.get(place);
    if (other && other.hash !== event.hash) {
      throw new MaestroError('log.corrupt', `two events were given for ${place}`);
    }
    byPlace.set(place, event);
  }
  return [...byPlace].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, event]) => event);
}
