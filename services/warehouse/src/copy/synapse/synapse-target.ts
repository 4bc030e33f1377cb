import { MaestroError } from '@maestro/core';
import { checksumOf, EMPTY_FACTS } from '../../tables/build-facts.ts';
import type { EventColumns } from '../../tables/event-columns.ts';
import { sqlFiles } from '../../tables/sql-files.ts';
import type { BuildCounts, ContinuationEnd, EndsPage } from '../../tables/warehouse-tables.ts';
import type { CopyAccess } from '../copy-place.ts';
import type { CopyTarget } from '../copy-target.ts';
import { expectNone, loadChecks } from '../load-checks.ts';
import { sqlStatements } from '../sql-statements.ts';
import { buildPlan } from './build-plan.ts';
import { stageEvents } from './stage-events.ts';
import { SynapseSession } from './synapse-session.ts';
import { makeTables } from './synapse-tables.ts';
import { SynapseTurns } from './synapse-turns.ts';

/**
 * A dedicated SQL pool of Azure Synapse. Writers take turns ({@link SynapseTurns}), so any number of followers may bring
 * the same events. Tables are in the default schema of the user.
 */
export class SynapseTarget implements CopyTarget {
  readonly name: string;
  readonly #access: CopyAccess;
  #session: SynapseSession | undefined;

  constructor(access: CopyAccess) {
    const { host, port, database } = access;
    this.name = `sqlserver://${host}:${port}/${database}`;
    this.#access = access;
  }

  async open(): Promise<string> {
    await this.close();
    const session = await SynapseSession.open(this.#access, this.name);
    this.#session = session;
    const id = await makeTables(session, sqlFiles('synapse'));
    // A transaction of a process that has died may not have been taken back yet, and what it did would be read.
    const turns = new SynapseTurns(session);
    await turns.take(await turns.last(), []);
    return id;
  }

  async ends({ after, limit = 1_000 }: EndsPage): Promise<readonly ContinuationEnd[]> {
    const { rows } = await this.#opened.execute(
      `select top (${limit}) tenant, continuation, sequence, hash from event_end
where tenant > @tenant or (tenant = @tenant and continuation > @continuation)
order by tenant, continuation`,
      [
        { name: 'tenant', value: after?.tenant ?? '' },
        { name: 'continuation', value: after?.id ?? '' },
      ],
    );
    return rows.map((row) => ({
      ref: { tenant: String(row['tenant']), id: String(row['continuation']) },
      sequence: Number(row['sequence']),
      hash: String(row['hash']),
    }));
  }

  async load(events: readonly EventColumns[]): Promise<void> {
    const session = this.#opened;
    const turns = new SynapseTurns(session);
    const [stage, fresh, ...rest] = sqlFiles('synapse/load');
    if (!stage || !fresh) throw new TypeError('the files that load are missing');
    const last = await turns.last();
    for (const statement of sqlStatements(stage.text)) await session.batch(statement);
    await stageEvents(session, events, new Date().toISOString());
    for (const statement of sqlStatements(fresh.text)) await session.batch(statement);
    for (const check of loadChecks('#event_stage', '#event_new')) {
      expectNone(check, (await session.batch(check.sql)).rows);
    }
    await turns.take(
      last,
      rest.flatMap(({ text }) => sqlStatements(text)),
    );
  }

  async build(): Promise<BuildCounts> {
    const session = this.#opened;
    const turns = new SynapseTurns(session);
    const files = sqlFiles('synapse/build');
    const plan = buildPlan(files);
    await this.#startAnewIfChanged(checksumOf(files));
    const total = { continuations: 0, events: 0 };
    for (;;) {
      const last = await turns.last();
      for (const statement of plan.window) await session.batch(statement);
      const { rows } = await session.batch(
        'select count(*) as continuations, coalesce(sum(to_sequence - after_sequence), 0) as events from #build_window',
      );
      const continuations = Number(rows[0]?.['continuations']);
      if (continuations === 0) return total;
      for (const statement of plan.before) await session.batch(statement);
      await turns.take(last, plan.within);
      for (const statement of plan.after) await session.batch(statement);
      total.continuations += continuations;
      total.events += Number(rows[0]?.['events']);
    }
  }

  async close(): Promise<void> {
    this.#session?.close();
    this.#session = undefined;
  }

  async #startAnewIfChanged(checksum: string): Promise<void> {
    const turns = new SynapseTurns(this.#opened);
    const last = await turns.last();
    const { rows } = await this.#opened.batch(
      "select checksum from build_state where name = 'build'",
    );
    if (rows[0]?.['checksum'] === checksum) return;
    await turns.take(last, [
      ...sqlStatements(EMPTY_FACTS),
      'delete from build_state',
      `insert into build_state (name, checksum) values ('build', '${checksum}')`,
    ]);
  }

  get #opened(): SynapseSession {
    if (!this.#session) throw new MaestroError('warehouse.unavailable', `${this.name} is not open`);
    return this.#session;
  }
}
