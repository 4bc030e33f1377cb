import { MaestroError } from '@maestro/core';
import { ulid } from 'ulid';
import { EMPTY_FACTS, FactBuilder } from '../../tables/build-facts.ts';
import type { EventColumns } from '../../tables/event-columns.ts';
import { migrate } from '../../tables/migrate.ts';
import { sqlFiles, type SqlFile } from '../../tables/sql-files.ts';
import type { BuildCounts, ContinuationEnd, EndsPage } from '../../tables/warehouse-tables.ts';
import type { CopyAccess } from '../copy-place.ts';
import type { CopyTarget } from '../copy-target.ts';
import { expectNone, loadChecks } from '../load-checks.ts';
import { RedshiftDatabase } from './redshift-database.ts';
import { stageEvents } from './stage-events.ts';

/** The files of `eval/sql` that make tables, load and build. */
export interface RedshiftFiles {
  readonly tables: readonly SqlFile[];
  readonly load: readonly SqlFile[];
  readonly build: readonly SqlFile[];
}

/** What this release runs on Redshift. */
export function redshiftFiles(): RedshiftFiles {
  return {
    tables: sqlFiles('redshift'),
    load: sqlFiles('redshift/load'),
    build: sqlFiles('build', 'redshift/build'),
  };
}

/** Amazon Redshift. Writers take turns by locks of tables, so any number of followers may bring the same events. */
export class RedshiftTarget implements CopyTarget {
  readonly name: string;
  readonly #access: CopyAccess & { readonly schema: string };
  readonly #files: RedshiftFiles;
  #database: RedshiftDatabase | undefined;

  constructor(access: CopyAccess & { readonly schema: string }, files = redshiftFiles()) {
    const { host, port, database, schema } = access;
    this.name = `redshift://${host}:${port}/${database}?schema=${schema}`;
    this.#access = access;
    this.#files = files;
  }

  async open(): Promise<string> {
    await this.close();
    const database = await RedshiftDatabase.open(this.#access, this.name);
    this.#database = database;
    await migrate(database, this.#files.tables, Date.now());
    return database.transaction(async (transaction) => {
      await transaction.lock('load');
      const { rows } = await transaction.query(
        "select value from feed_checkpoint where name = 'copy'",
      );
      const [row] = rows;
      if (row) return String(row['value']);
      const id = ulid();
      await transaction.query("insert into feed_checkpoint (name, value) values ('copy', $1)", [
        id,
      ]);
      return id;
    });
  }

  async ends({ after, limit = 1_000 }: EndsPage): Promise<readonly ContinuationEnd[]> {
    const { rows } = await this.#opened.query(
      `select tenant, continuation, sequence, hash from event_end
       where tenant > $1::varchar or (tenant = $1::varchar and continuation > $2::varchar)
       order by tenant, continuation limit ${limit}`,
      [after?.tenant ?? '', after?.id ?? ''],
    );
    return rows.map((row) => ({
      ref: { tenant: String(row['tenant']), id: String(row['continuation']) },
      sequence: Number(row['sequence']),
      hash: String(row['hash']),
    }));
  }

  async load(events: readonly EventColumns[]): Promise<void> {
    const [stage, fresh, ...rest] = this.#files.load;
    if (!stage || !fresh) throw new TypeError('the files that load are missing');
    await this.#opened.transaction(async (transaction) => {
      await transaction.lock('load');
      await transaction.script(stage.text);
      await stageEvents(transaction, events, new Date().toISOString());
      await transaction.script(fresh.text);
      for (const check of loadChecks('event_stage', 'event_new')) {
        expectNone(check, (await transaction.query(check.sql)).rows);
      }
      for (const { text } of rest) await transaction.script(text);
    });
  }

  async build(): Promise<BuildCounts> {
    return new FactBuilder(this.#opened, this.#files.build, EMPTY_FACTS).build();
  }

  async close(): Promise<void> {
    const database = this.#database;
    this.#database = undefined;
    await database?.close();
  }

  get #opened(): RedshiftDatabase {
    if (!this.#database)
      throw new MaestroError('warehouse.unavailable', `${this.name} is not open`);
    return this.#database;
  }
}
