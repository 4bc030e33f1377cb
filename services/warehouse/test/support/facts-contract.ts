import { canonicalJson, parseStoredEvent, type EventDraft, type EventType } from '@maestro/core';
import type { WarehouseTables } from '@maestro/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectDictionary } from './columns-contract.ts';
import { charge, logOf, modelCall, pick, randomLog, seeded, spawn } from './random-log.ts';
import { newRef, type SampleLog } from './sample-log.ts';

/** A fresh database with tables, and a look at what they hold. */
export interface FreshTables {
  readonly tables: WarehouseTables;
  /** Rows with instants and days as texts, as ISO 8601 but for the `T`. */
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

const BUILT = {
  fact_continuation_step: 'tenant, continuation, step_id, attempt',
  fact_continuation_tick: 'tenant, continuation, wake_sequence',
  fact_continuation_lifecycle: 'tenant, continuation',
  fact_model_call: 'tenant, continuation, sequence',
  continuation_due: 'tenant, continuation',
  continuation_tag: 'tenant, tag, continuation',
  dim_tenant: 'tenant',
  dim_recipe: 'recipe',
  dim_model: 'provider, model',
};

async function built(fresh: FreshTables): Promise<Readonly<Record<string, unknown>>> {
  const found: Record<string, unknown> = {};
  for (const [table, order] of Object.entries(BUILT)) {
    found[table] = await fresh.query(`select * from ${table} order by ${order}`);
  }
  return found;
}

/** Appends logs in pieces of random sizes and an order that is random but within one log, building now and then. */
async function appendAtRandom(
  tables: WarehouseTables,
  logs: readonly SampleLog[],
  random: () => number,
): Promise<void> {
  const left = new Map(logs.map((log) => [log, 1]));
  while (left.size > 0) {
    const log = pick(random, [...left.keys()]);
    const from = left.get(log)!;
    const to = Math.min(from + Math.floor(random() * 6), log.rows.length);
    // Now and then some of what was there comes again.
    const again = Math.max(1, from - Math.floor(random() * 3));
    await tables.append(log.ref, again, log.rows.slice(again - 1, to));
    if (to === log.rows.length) left.delete(log);
    else left.set(log, to + 1);
    if (random() < 0.08) await tables.build();
  }
  await tables.build();
}

function stepOf(phase: 'intended' | 'finished', attempt: number): EventDraft {
  const step = { stepId: 'ask#1', step: 'ask', attempt };
  return {
    type: 'step',
    payload:
      phase === 'intended'
        ? { phase, ...step, leaseMs: 30_000 }
        : { phase, ...step, outcome: { kind: 'complete', result: 'a \u0000 and \\u0000' } },
  };
}

/** What facts and dimensions must be in any database. */
export function factsContract(
  name: string,
  start: () => Promise<{ fresh(): Promise<FreshTables>; close(): Promise<void> }>,
): void {
  describe(`facts in ${name}`, () => {
    let database: Awaited<ReturnType<typeof start>>;
    beforeAll(async () => {
      database = await start();
    });
    afterAll(() => database.close());

    it('are the same whatever order events come in, however often it is built, and as one build gives', async () => {
      const logs = Array.from({ length: 40 }, (_, seed) => randomLog(seed, `t-${seed % 3}`));
      const atOnce = await database.fresh();
      for (const { ref, rows } of logs) await atOnce.tables.append(ref, 1, rows);
      const events = logs.reduce((sum, { rows }) => sum + rows.length, 0);
      expect(await atOnce.tables.build()).toEqual({ continuations: 40, events });
      const expected = await built(atOnce);
      expect(await atOnce.tables.build()).toEqual({ continuations: 0, events: 0 });
      expect(await built(atOnce)).toEqual(expected);
      expect(await atOnce.tables.rebuild()).toEqual({ continuations: 40, events });
      expect(await built(atOnce)).toEqual(expected);
      await atOnce.close();

      for (const seed of [1, 2]) {
        const inPieces = await database.fresh();
        await appendAtRandom(inPieces.tables, logs, seeded(seed));
        expect(await built(inPieces), `pieces of seed ${seed}`).toEqual(expected);
        await inPieces.close();
      }
    });

    it('know the status that the log folds to', async () => {
      const fresh = await database.fresh();
      const logs = Array.from({ length: 60 }, (_, seed) => randomLog(100 + seed, 'acme'));
      for (const { ref, rows } of logs) await fresh.tables.append(ref, 1, rows);
      await fresh.tables.build();
      const rows = await fresh.query(
        `select continuation, status, recipe, last_sequence, generation, tick, artifacts, spent_micro_usd, children
         from fact_continuation_lifecycle order by continuation`,
      );
      const folded = logs
        .map(({ state }) => ({
          continuation: state.id,
          status: state.status,
          recipe: state.goal.recipe,
          last_sequence: state.sequence,
          generation: state.generation,
          tick: state.tick,
          artifacts: state.artifacts,
          spent_micro_usd: state.budget.spentMicroUsd,
          children: state.offspring?.children ?? 0,
        }))
        .sort((a, b) => (a.continuation < b.continuation ? -1 : 1));
      expect(rows).toEqual(folded);
      const { continuations, spentMicroUsd } = await fresh.tables.totals();
      for (const [status, count] of continuations) {
        expect(count, status).toBe(folded.filter((one) => one.status === status).length);
      }
      const spent = folded.reduce((sum, one) => sum + one.spent_micro_usd, 0);
      expect(Object.fromEntries(spentMicroUsd)).toEqual({ acme: spent, other: 0 });
      expect(new Set(rows.map(({ status }) => status)).size).toBeGreaterThan(4);
      const ticks = await fresh.query(
        `select continuation, max(tick) as tick, count(*) as ticks, max(cause) as cause
         from fact_continuation_tick group by continuation order by continuation`,
      );
      expect(ticks).toEqual(
        folded
          .filter(({ tick }) => tick > 0)
          .map(({ continuation, tick }) => ({ continuation, tick, ticks: tick, cause: 'timer' })),
      );
      await fresh.close();
    });

    it('tell of attempts, their times and costs', async () => {
      const fresh = await database.fresh();
      const ref = newRef('acme');
      const { rows } = logOf(
        [
          spawn(ref, 'asker@12', 'a \u0000 in "the" \\u0000 middle'),
          stepOf('intended', 1),
          {
            type: 'error',
            payload: {
              code: 'step.failed',
              message: 'no',
              final: false,
              stepId: 'ask#1',
              attempt: 1,
              retryAt: '2026-01-01T00:00:00.000Z',
            },
          },
          stepOf('intended', 2),
          modelCall('ask#1', 2),
          modelCall('ask#1', 2, 'm-2'),
          charge('ask#1', 2, 250),
          stepOf('finished', 2),
          { type: 'publish', payload: { final: true, artifact: { kind: 'result', value: 1 } } },
        ],
        { ref, fromMs: Date.UTC(2026, 11, 31, 23, 59, 58), everyMs: 1_500 },
      );
      await fresh.tables.append(ref, 1, rows);
      await fresh.tables.build();
      expect(
        await fresh.query(
          `select step_id, attempt, step, duration_ms, outcome, error_code, model_calls, charged_micro_usd, first_date
           from fact_continuation_step order by attempt`,
        ),
      ).toEqual([
        {
          step_id: 'ask#1',
          attempt: 1,
          step: 'ask',
          duration_ms: 1_500,
          outcome: null,
          error_code: 'step.failed',
          model_calls: 0,
          charged_micro_usd: 0,
          first_date: '2026-12-31',
        },
        {
          step_id: 'ask#1',
          attempt: 2,
          step: 'ask',
          duration_ms: 6_000,
          outcome: 'complete',
          error_code: null,
          model_calls: 2,
          charged_micro_usd: 250,
          first_date: '2027-01-01',
        },
      ]);
      expect(
        await fresh.query(
          `select objective, status, duration_ms, retries, created_date, finished_date, name, version
           from fact_continuation_lifecycle join dim_recipe on dim_recipe.recipe = fact_continuation_lifecycle.recipe`,
        ),
      ).toEqual([
        {
          // The replaced escape shows in a text that spells one, too.
          objective: 'a \ufffd in "the" \\ufffd middle',
          status: 'completed',
          duration_ms: 12_000,
          retries: 1,
          created_date: '2026-12-31',
          finished_date: '2027-01-01',
          name: 'asker',
          version: 12,
        },
      ]);
      expect(
        await fresh.query('select model, latency_ms, tier from fact_model_call order by sequence'),
      ).toEqual([
        { model: 'm-1', latency_ms: 12.5, tier: 'haiku' },
        { model: 'm-2', latency_ms: 12.5, tier: 'haiku' },
      ]);
      await fresh.close();
    });

    it('leave out nothing when builds and writers run beside each other', async () => {
      const fresh = await database.fresh();
      const logs = Array.from({ length: 30 }, (_, seed) => randomLog(300 + seed, 'acme'));
      const written = new AbortController();
      const builds = (async () => {
        while (!written.signal.aborted) {
          await fresh.tables.build();
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      await Promise.all(
        logs.map(async ({ ref, rows }) => {
          for (let from = 1; from <= rows.length; from += 3) {
            await fresh.tables.append(ref, from, rows.slice(from - 1, from + 2));
          }
        }),
      );
      written.abort();
      await builds;
      await fresh.tables.build();
      const beside = await built(fresh);
      await fresh.tables.rebuild();
      expect(await built(fresh)).toEqual(beside);
      await fresh.close();
    });

    it('are built of the others when payloads are none that a schema knows', async () => {
      const fresh = await database.fresh();
      const [odd, whole] = [newRef('acme'), randomLog(7, 'acme')];
      const payloads: [EventType, unknown][] = [
        [
          'spawn',
          {
            goal: { recipe: 'no version', objective: 'o'.repeat(9_000) },
            lineage: 7,
            budget: null,
          },
        ],
        ['wake', { tick: 'first', lateMs: 1.5, cause: [] }],
        ['step', { phase: 'finished', stepId: 'nameless', attempt: 'x', outcome: 'next' }],
        [
          'step',
          { phase: 'finished', stepId: 'work#1', attempt: 1, outcome: { kind: 'k'.repeat(99) } },
        ],
        ['budget_charge', { stepId: 'work#1', attempt: 1, microUsd: 'much', inputTokens: 1e300 }],
        ['model_call', { provider: 'p'.repeat(999), model: { name: 'm' }, latencyMs: 'long' }],
        ['fork', { children: 5 }],
        ['error', { code: 17, final: 'perhaps', message: null }],
        ['publish', null],
        ['kill', 'a text'],
      ];
      const rows = payloads.map(([type, payload], index) =>
        canonicalJson({
          ...parseStoredEvent(whole.rows[0] ?? ''),
          continuation: odd.id,
          sequence: index + 1,
          type,
          payload,
        }),
      );
      await fresh.tables.append(odd, 1, rows);
      await fresh.tables.append(whole.ref, 1, whole.rows);
      await fresh.tables.build();
      const found = await fresh.query(
        `select continuation, status, events, recipe, tick, spent_micro_usd, children from fact_continuation_lifecycle`,
      );
      expect(found).toHaveLength(2);
      expect(found.find(({ continuation }) => continuation === odd.id)).toEqual({
        continuation: odd.id,
        status: 'killed',
        events: 10,
        recipe: null,
        tick: 0,
        spent_micro_usd: 0,
        children: 0,
      });
      await fresh.close();
    });

    it('are in tables as the data dictionary has them', async () => {
      const fresh = await database.fresh();
      await expectDictionary((sql) => fresh.query(sql));
      await fresh.close();
    });

    it('have a day for every date, with the weeks of ISO 8601', async () => {
      const fresh = await database.fresh();
      expect(await fresh.query('select count(*) as days from dim_date')).toEqual([
        { days: 14_610 },
      ]);
      expect(
        await fresh.query(
          `select day, year, quarter, month, day_of_month, iso_year, iso_week, iso_weekday
           from dim_date where day in (date '2027-01-01', date '2028-02-29') order by day`,
        ),
      ).toEqual([
        {
          day: '2027-01-01',
          year: 2027,
          quarter: 1,
          month: 1,
          day_of_month: 1,
          iso_year: 2026,
          iso_week: 53,
          iso_weekday: 5,
        },
        {
          day: '2028-02-29',
          year: 2028,
          quarter: 1,
          month: 2,
          day_of_month: 29,
          iso_year: 2028,
          iso_week: 9,
          iso_weekday: 2,
        },
      ]);
      await fresh.close();
    });
  });
}
