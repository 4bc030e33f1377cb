import { MemoryObservability } from '@maestro/actors/testing';
import {
  CopyFollower,
  createWarehouse,
  openDuckDbTables,
  readWarehouseConfig,
} from '@maestro/warehouse';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SynapseTarget } from '../src/copy/synapse/synapse-target.ts';
import { batchOf, copyAll } from './support/copy-contract.ts';
import { randomLog } from './support/random-log.ts';
import { newRef, sampleLog } from './support/sample-log.ts';
import { synapseInDuckDb } from './support/synapse-in-duckdb.ts';
import type { TdsStatement } from './support/tds-reader.ts';
import { TdsServer, type TdsSession } from './support/tds-server.ts';

let pool: Awaited<ReturnType<typeof synapseInDuckDb>>;
let server: TdsServer;
let target: SynapseTarget;

const targetAt = (password = 'secret'): SynapseTarget =>
  new SynapseTarget({
    host: '127.0.0.1',
    port: server.port,
    database: 'pool',
    user: 'loader',
    password,
    tls: false,
  });

beforeEach(async () => {
  pool = await synapseInDuckDb();
  server = await TdsServer.start({ password: 'secret', open: () => pool.open() });
  target = targetAt();
});
afterEach(async () => {
  await target.close();
  await server.stop();
  pool.close();
});

/** A statement without what differs from run to run. */
const shown = ({ sql, parameters, transaction }: TdsStatement): string => {
  const [first = ''] = sql
    .replaceAll(/'[0-9A-HJKMNP-TV-Z]{26}'/g, '<turn>')
    .split('\n')
    .filter((line) => line !== '');
  const count = Object.keys(parameters).length;
  return `${transaction ? '  ' : ''}${first}${count > 0 ? ` [${count} parameters]` : ''}`;
};

it('loads and builds by these statements, what changes tables within transactions', async () => {
  await target.open();
  const logs = [sampleLog(2), sampleLog(1)];
  server.statements.length = 0;
  await target.load(batchOf(logs));
  expect(server.statements.map(shown)).toMatchInlineSnapshot(`
    [
      "select min(value) as turn from feed_checkpoint where name = 'copy-turn'",
      "if object_id('tempdb..#event_stage') is not null drop table #event_stage",
      "create table #event_stage",
      "insert into #event_stage (tenant, continuation, generation, sequence, event_type, event_version, occurred_at, commit_id, trace_id, hash, loaded_at, row_text) [34 parameters]",
      "if object_id('tempdb..#event_new') is not null drop table #event_new",
      "create table #event_new",
      "select count(*) as found from (",
      "select count(*) as found from #event_stage as stage",
      "begin transaction",
      "  update feed_checkpoint set value = value where name = 'copy-turn'",
      "  select count(*) as mine from feed_checkpoint where name = 'copy-turn' and value = <turn>",
      "  insert into event (tenant, continuation, generation, sequence, event_type, event_version, occurred_at, commit_id, trace_id, hash, loaded_at, row_text)",
      "  delete from event_end",
      "  insert into event_end (tenant, continuation, sequence, hash)",
      "  update feed_checkpoint set value = <turn> where name = 'copy-turn' and value = <turn>",
      "  commit transaction",
    ]
  `);
  const [staged] = server.statements.filter(({ parameters }) => Object.keys(parameters).length > 0);
  const values = Object.entries(staged?.parameters ?? {});
  expect(values.slice(1)).toEqual(
    batchOf(logs)
      .flatMap((event) => [
        event.ref.tenant,
        event.ref.id,
        event.generation,
        event.sequence,
        event.type,
        event.version,
        event.at.slice(0, -1),
        event.commit,
        event.traceId,
        event.hash,
        event.row,
      ])
      .map((value, index) => [`p${index + 1}`, value]),
  );
  await target.build();
  server.statements.length = 0;
  await target.load(batchOf([sampleLog(1)]));
  await target.build();
  const at = server.statements.findIndex(({ sql }) => sql.includes('from build_state'));
  expect(server.statements.slice(at - 1).map(shown)).toMatchInlineSnapshot(`
    [
      "select min(value) as turn from feed_checkpoint where name = 'copy-turn'",
      "select checksum from build_state where name = 'build'",
      "select min(value) as turn from feed_checkpoint where name = 'copy-turn'",
      "if object_id('tempdb..#build_window') is not null drop table #build_window",
      "create table #build_window",
      "select count(*) as continuations, coalesce(sum(to_sequence - after_sequence), 0) as events from #build_window",
      "if object_id('tempdb..#build_event') is not null drop table #build_event",
      "create table #build_event",
      "if object_id('tempdb..#build_step') is not null drop table #build_step",
      "create table #build_step",
      "if object_id('tempdb..#build_tick') is not null drop table #build_tick",
      "create table #build_tick",
      "if object_id('tempdb..#build_lifecycle') is not null drop table #build_lifecycle",
      "create table #build_lifecycle",
      "if object_id('tempdb..#build_tenant') is not null drop table #build_tenant",
      "create table #build_tenant",
      "if object_id('tempdb..#build_recipe') is not null drop table #build_recipe",
      "create table #build_recipe",
      "if object_id('tempdb..#build_model') is not null drop table #build_model",
      "create table #build_model",
      "begin transaction",
      "  update feed_checkpoint set value = value where name = 'copy-turn'",
      "  select count(*) as mine from feed_checkpoint where name = 'copy-turn' and value = <turn>",
      "  delete from fact_continuation_step",
      "  insert into fact_continuation_step (",
      "  delete from fact_continuation_tick",
      "  insert into fact_continuation_tick (",
      "  delete from fact_continuation_lifecycle",
      "  insert into fact_continuation_lifecycle (",
      "  insert into fact_model_call (",
      "  delete from dim_tenant where exists (select 1 from #build_tenant where #build_tenant.tenant = dim_tenant.tenant)",
      "  insert into dim_tenant (tenant, first_event_at, last_event_at, continuations)",
      "  delete from dim_recipe where exists (select 1 from #build_recipe where #build_recipe.recipe = dim_recipe.recipe)",
      "  insert into dim_recipe (recipe, name, version, first_used_at, last_used_at)",
      "  delete from dim_model",
      "  insert into dim_model (provider, model, first_used_at, last_used_at)",
      "  delete from build_end",
      "  insert into build_end (tenant, continuation, sequence)",
      "  update feed_checkpoint set value = <turn> where name = 'copy-turn' and value = <turn>",
      "  commit transaction",
      "drop table #build_step",
      "drop table #build_tick",
      "drop table #build_lifecycle",
      "drop table #build_tenant",
      "drop table #build_recipe",
      "drop table #build_model",
      "drop table #build_event",
      "drop table #build_window",
      "select min(value) as turn from feed_checkpoint where name = 'copy-turn'",
      "if object_id('tempdb..#build_window') is not null drop table #build_window",
      "create table #build_window",
      "select count(*) as continuations, coalesce(sum(to_sequence - after_sequence), 0) as events from #build_window",
    ]
  `);
});

it('sends many events in statements of at most 2,100 parameters, and many packets', async () => {
  await target.open();
  const log = sampleLog(700, newRef('many'));
  await target.load(batchOf([log]));
  const counts = server.statements
    .map(({ parameters }) => Object.keys(parameters).length)
    .filter((count) => count > 10);
  expect(counts).toEqual([1_651, 1_651, 1_651, 1_651, 1_101]);
  expect(await target.ends({})).toMatchObject([{ ref: log.ref, sequence: 700 }]);
});

it('says that it cannot log in, and not by which password', async () => {
  const other = targetAt('wrong-Passw0rd');
  const refused = await other.open().catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'warehouse.unavailable' });
  expect(String(refused)).toContain(`sqlserver://127.0.0.1:${server.port}/pool`);
  expect(JSON.stringify(refused) + String(refused)).not.toContain('wrong-Passw0rd');
});

const all = async (sql: string): Promise<readonly unknown[]> => {
  const session: TdsSession = await pool.open();
  const { rows } = await session.run({ sql, parameters: {}, transaction: false });
  await session.close();
  return rows;
};

it('is filled by a warehouse whose environment names it, which says how far it is', async () => {
  const config = readWarehouseConfig({
    MAESTRO_ENV: 'development',
    APP_PORT: '3000',
    DAPR_HTTP_PORT: '3500',
    MAESTRO_WAREHOUSE: 'duckdb::memory:',
    MAESTRO_STORE: 'sqlite:/nowhere/state.db',
    MAESTRO_WAREHOUSE_COPY: `sqlserver://loader@127.0.0.1:${server.port}/pool?tls=off`,
    MAESTRO_WAREHOUSE_COPY_PASSWORD: 'secret',
    MAESTRO_COPY_MS: '100',
  });
  const { warehouse, tables } = await createWarehouse(config, {
    store: { readHead: async () => undefined, readRange: async () => [] },
    tenants: { deletion: async () => undefined, refresh: () => undefined },
    wake: async () => undefined,
    observability: new MemoryObservability(),
    notes: { info: () => undefined, warn: () => undefined },
  });
  expect(warehouse.copy).toMatchObject({ lag: null, completeAtMs: null });
  const { ref, rows } = sampleLog(5);
  await tables.append(ref, 1, rows);
  warehouse.start();
  await expect
    .poll(() => warehouse.copy, { timeout: 20_000 })
    .toMatchObject({
      target: `sqlserver://127.0.0.1:${server.port}/pool`,
      lag: { continuations: 0, events: 0 },
      refused: 0,
      problem: null,
    });
  await warehouse.stop();
  expect(await all('select row_text from event order by sequence')).toEqual(
    rows.map((row) => ({ row_text: row })),
  );
});

it(
  'doubles nothing when the connection is cut after any statement, before its answer',
  { timeout: 240_000 },
  async () => {
    await target.open();
    await target.build();
    const tables = await openDuckDbTables(':memory:');
    const cuts = new Set<string>();
    for (let cutAt = 1; ; cutAt++) {
      const logs = [randomLog(cutAt, 'acme'), randomLog(10_000 + cutAt, 'acme')];
      for (const { ref, rows } of logs) await tables.append(ref, 1, rows);
      let seen = 0;
      let isCut = false;
      server.after = (statement: TdsStatement, socket: Socket) => {
        // From the staging of a batch on.
        if (seen === 0 && !statement.sql.includes('#event_stage')) return;
        // What these do is gone with the connection.
        if (/^(if object_id|drop table #)/.test(statement.sql)) return;
        if (++seen !== cutAt) return;
        isCut = true;
        cuts.add(shown(statement).trim());
        socket.destroy();
      };
      const follower = new CopyFollower({
        source: tables.copies,
        target,
        everyMs: 1,
        firstRetryMs: 1,
        notes: { info: () => undefined, warn: () => undefined },
      });
      const stopping = new AbortController();
      const running = follower.run(stopping.signal);
      await expect
        .poll(() => follower.status, { timeout: 20_000, interval: 5 })
        .toMatchObject({ lag: { events: 0 }, problem: null });
      stopping.abort();
      await running;
      server.after = undefined;
      if (!isCut) break;
    }
    expect(cuts).toContain('commit transaction');
    expect(cuts.size).toBeGreaterThan(20);
    await copyAll(tables, target);
    await tables.build();
    const lives = await all(
      'select continuation, status, events from fact_continuation_lifecycle order by continuation',
    );
    const expected = await tables.list({ tenant: 'acme', limit: 10_000 });
    expect(lives).toEqual(
      expected
        .map(({ id, status, events }) => ({ continuation: id, status, events }))
        .sort((a, b) => (a.continuation < b.continuation ? -1 : 1)),
    );
    expect(
      await all(
        'select continuation, sequence from event group by continuation, sequence having count(*) > 1',
      ),
    ).toEqual([]);
    const [steps] = await all(
      'select count(*) as doubled from (select 1 as one from fact_continuation_step group by continuation, step_id, attempt having count(*) > 1) as found',
    );
    expect(steps).toEqual({ doubled: 0 });
    await tables.close();
  },
);
