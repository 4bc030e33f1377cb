import type { ContinuationRef } from '@maestro/core';
import {
  CopyFollower,
  openDuckDbTables,
  type CopyTarget,
  type WarehouseTables,
} from '@maestro/warehouse';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventColumns, type EventColumns } from '../../src/tables/event-columns.ts';
import { logOf, randomLog, spawn } from './random-log.ts';
import { newRef, sampleLog, type SampleLog } from './sample-log.ts';

/** A place for copies, and a look at what is there. */
export interface CopyPlaceUnderTest {
  /** A target of its own connection; all see the same tables. */
  target(): Promise<CopyTarget>;
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** The rows of a log, byte for byte. */
  rowsOf(ref: ContinuationRef): Promise<readonly string[]>;
  /** Cuts all connections; absent where a test cannot. */
  cut?(): Promise<void>;
  close(): Promise<void>;
}

let tenants = 0;
const newTenant = (): string => `copy-${Date.now().toString(36)}-${tenants++}`;

/** The events of logs, in the order of a batch. */
export const batchOf = (logs: readonly SampleLog[], from = 1, to = Infinity): EventColumns[] =>
  logs.flatMap(({ ref, rows }) => eventColumns(ref, from, rows.slice(from - 1, to)));

const silent = { info: () => undefined, warn: () => undefined };

/** Follows until everything is copied. */
export async function copyAll(
  tables: WarehouseTables,
  target: CopyTarget,
  options: { readonly onWarning?: (fields: object) => void } = {},
): Promise<CopyFollower> {
  const follower = new CopyFollower({
    source: tables.copies,
    target,
    everyMs: 20,
    firstRetryMs: 20,
    notes: { ...silent, ...(options.onWarning ? { warn: options.onWarning } : {}) },
  });
  const stopping = new AbortController();
  const running = follower.run(stopping.signal);
  await expect
    .poll(() => follower.status, { timeout: 50_000, interval: 20 })
    .toMatchObject({ lag: { events: 0 }, problem: null });
  stopping.abort();
  await running;
  return follower;
}

/** What every target of a copy must do. */
export function copyContract(name: string, start: () => Promise<CopyPlaceUnderTest>): void {
  describe(`a copy in ${name}`, () => {
    let place: CopyPlaceUnderTest;
    let tables: WarehouseTables;
    let target: CopyTarget;

    beforeAll(async () => {
      place = await start();
    });
    afterAll(() => place.close());
    beforeEach(async () => {
      tables = await openDuckDbTables(':memory:');
      target = await place.target();
    });
    afterEach(async () => {
      await target.close();
      await tables.close();
    });

    const lives = (tenant: string) =>
      place.query(
        `select continuation, status, last_sequence, events, tick, artifacts, spent_micro_usd
         from fact_continuation_lifecycle where tenant = '${tenant}' order by continuation`,
      );

    async function expectCopied(tenant: string, logs: readonly SampleLog[]): Promise<void> {
      const folded = logs
        .map(({ state }) => ({
          continuation: state.id,
          status: state.status,
          last_sequence: state.sequence,
          events: state.sequence,
          tick: state.tick,
          artifacts: state.artifacts,
          spent_micro_usd: state.budget.spentMicroUsd,
        }))
        .sort((a, b) => (a.continuation < b.continuation ? -1 : 1));
      expect(await lives(tenant)).toEqual(folded);
      for (const { ref, rows } of logs) expect(await place.rowsOf(ref)).toEqual(rows);
      const ends = await place.query(
        `select continuation, sequence, hash from event_end where tenant = '${tenant}' order by continuation`,
      );
      expect(ends).toEqual(
        logs
          .map(({ state }) => ({
            continuation: state.id,
            sequence: state.sequence,
            hash: state.hash,
          }))
          .sort((a, b) => (a.continuation < b.continuation ? -1 : 1)),
      );
      const [total] = await place.query(
        `select count(*) as events from event where tenant = '${tenant}'`,
      );
      expect(total).toEqual({ events: logs.reduce((sum, { rows }) => sum + rows.length, 0) });
    }

    it('has the same id and tables whenever it is opened', async () => {
      const id = await target.open();
      expect(id).toMatch(/^[0-9A-Z]{26}$/);
      expect(await target.open()).toBe(id);
      const other = await place.target();
      expect(await other.open()).toBe(id);
      await other.close();
      const days = await place.query('select count(*) as days from dim_date');
      expect(days).toEqual([{ days: 14_610 }]);
    });

    it('keeps each event once, whatever a batch repeats, and says where logs end', async () => {
      const tenant = newTenant();
      const logs = Array.from({ length: 6 }, (_, seed) => randomLog(900 + seed, tenant));
      await target.open();
      await target.load(batchOf(logs, 1, 4));
      await target.build();
      await target.load([...batchOf(logs.slice(0, 3), 2, 9), ...batchOf(logs.slice(0, 3), 2, 9)]);
      await target.load(batchOf(logs));
      await target.load(batchOf(logs));
      await target.build();
      expect(await target.build()).toEqual({ continuations: 0, events: 0 });
      await expectCopied(tenant, logs);
      const [first, second] = logs.map(({ ref }) => ref.id).sort();
      const ends = await target.ends({ after: { tenant, id: first ?? '' }, limit: 1 });
      expect(ends.map(({ ref }) => ref)).toEqual([{ tenant, id: second }]);
    });

    it('refuses events that leave a hole, and other ones in the place of those it has', async () => {
      const tenant = newTenant();
      const log = sampleLog(6, newRef(tenant));
      await target.open();
      await expect(target.load(batchOf([log], 2))).rejects.toMatchObject({
        code: 'request.invalid',
      });
      await target.load(batchOf([log], 1, 3));
      await expect(target.load(batchOf([log], 5))).rejects.toMatchObject({
        code: 'request.invalid',
      });
      const forged = sampleLog(6, log.ref, 'another.1');
      await expect(target.load(batchOf([forged]))).rejects.toMatchObject({ code: 'log.corrupt' });
      expect(await place.rowsOf(log.ref)).toEqual(log.rows.slice(0, 3));
    });

    it('keeps large rows, letters of every kind and NULs byte for byte', async () => {
      const tenant = newTenant();
      const objective = '𝄞 ü \u0000 \\u0000 "quoted" \'single\' \n €'.repeat(40);
      const ref = newRef(tenant);
      const large = 'x𝄞é'.repeat(40_000);
      const log = logOf(
        [
          spawn(ref, 'sample@1', objective),
          {
            type: 'publish',
            payload: { final: true, artifact: { kind: 'result', value: large } },
          },
        ],
        { ref },
      );
      expect(Buffer.byteLength(log.rows[1] ?? '')).toBeGreaterThan(262_144);
      await target.open();
      await target.load(batchOf([log]));
      await target.build();
      expect(await place.rowsOf(ref)).toEqual(log.rows);
      expect(await lives(tenant)).toMatchObject([{ status: 'completed', artifacts: 1 }]);
    });

    it('follows the tables, and goes on where it is, whoever follows', async () => {
      const tenant = newTenant();
      const logs = Array.from({ length: 12 }, (_, seed) => randomLog(300 + seed, tenant));
      for (const { ref, rows } of logs) await tables.append(ref, 1, rows.slice(0, 3));
      const first = await copyAll(tables, target);
      expect(first.status.completeAtMs).toBeGreaterThan(Date.now() - 60_000);
      for (const { ref, rows } of logs) await tables.append(ref, 4, rows.slice(3, 7));
      await copyAll(tables, target);
      // Tables that know nothing of the copy: it says itself how far it is.
      const others = await openDuckDbTables(':memory:');
      for (const { ref, rows } of logs) await others.append(ref, 1, rows);
      await copyAll(others, target);
      await others.close();
      await expectCopied(tenant, logs);
    });

    it('is doubled by no two that bring the same at once', async () => {
      const tenant = newTenant();
      const logs = Array.from({ length: 8 }, (_, seed) => randomLog(500 + seed, tenant));
      for (const { ref, rows } of logs) await tables.append(ref, 1, rows);
      const other = await place.target();
      const others = await openDuckDbTables(':memory:');
      for (const { ref, rows } of logs.toReversed()) await others.append(ref, 1, rows);
      await target.open();
      await Promise.all([copyAll(tables, target), copyAll(others, other)]);
      await others.close();
      await expectCopied(tenant, logs);
    });

    it('leaves a log aside that it refuses, and takes the others', async () => {
      const tenant = newTenant();
      const logs = Array.from({ length: 5 }, (_, seed) => randomLog(700 + seed, tenant));
      const { ref } = sampleLog(1, newRef(tenant));
      const other = sampleLog(2, ref, 'another.1');
      await target.open();
      await target.load(batchOf([sampleLog(1, ref)]));
      for (const { ref: mine, rows } of logs) await tables.append(mine, 1, rows);
      await tables.append(ref, 1, other.rows);
      const warnings: object[] = [];
      const follower = new CopyFollower({
        // As if nothing were known of the copy.
        source: {
          forget: (id) => tables.copies.forget(id),
          note: (id, ends) =>
            tables.copies.note(
              id,
              ends.filter((end) => end.ref.id !== ref.id),
            ),
          lacking: (id, after, limit) => tables.copies.lacking(id, after, limit),
          rows: (lacking) => tables.copies.rows(lacking),
          lag: (id) => tables.copies.lag(id),
        },
        target,
        everyMs: 20,
        notes: { ...silent, warn: (fields) => void warnings.push(fields) },
      });
      const stopping = new AbortController();
      const running = follower.run(stopping.signal);
      await expect
        .poll(() => follower.status, { timeout: 50_000 })
        .toMatchObject({ refused: 1, lag: { continuations: 1 }, problem: null });
      stopping.abort();
      await running;
      expect(warnings).toMatchObject([{ continuation: `${tenant}:${ref.id}` }]);
      expect((await lives(tenant)).length).toBeGreaterThanOrEqual(5);
      for (const { ref: mine, rows } of logs) expect(await place.rowsOf(mine)).toEqual(rows);
    });

    it('outlives connections that are cut at any time', async (context) => {
      const cut = place.cut?.bind(place);
      if (!cut) return context.skip('its connections cannot be cut from here');
      const tenant = newTenant();
      const logs = Array.from({ length: 60 }, (_, seed) => randomLog(1_100 + seed, tenant));
      const stopping = new AbortController();
      const warnings: object[] = [];
      const follower = new CopyFollower({
        source: tables.copies,
        target,
        everyMs: 1,
        firstRetryMs: 1,
        notes: { ...silent, warn: (fields) => void warnings.push(fields) },
      });
      const running = follower.run(stopping.signal);
      for (let round = 0; round < 12; round++) {
        for (const { ref, rows } of logs.slice(round * 5, round * 5 + 5)) {
          await tables.append(ref, 1, rows);
        }
        await new Promise((resolve) => setTimeout(resolve, 10 + round * 7));
        await cut();
      }
      await expect
        .poll(() => follower.status, { timeout: 50_000 })
        .toMatchObject({ lag: { events: 0 }, problem: null });
      stopping.abort();
      await running;
      expect(warnings.length).toBeGreaterThan(2);
      await copyAll(tables, target);
      await expectCopied(tenant, logs);
    });
  });
}
