import { parseStoredEvent } from '@maestro/core';
import type { FlowFigures, Spread, WarehouseTables } from '@maestro/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { charge, logOf, randomLog, spawn } from './random-log.ts';
import { newRef, type SampleLog } from './sample-log.ts';

/** Random logs begin five seconds before the end of the 28th of some month; those of June are in the last hour. */
const NOW_MS = Date.UTC(2026, 5, 29, 0, 20, 30);
const MINUTE_MS = 60_000;
const HOUR_FROM_MS = Date.UTC(2026, 5, 28, 23, 21);

interface Database {
  /** Tables of their own, with this clock. */
  fresh(nowMs: () => number): Promise<WarehouseTables>;
  close(): Promise<void>;
}

/** What figures must be in any database. */
export function figuresContract(name: string, start: () => Promise<Database>): void {
  describe(`figures in ${name}`, () => {
    let database: Database;
    beforeAll(async () => {
      database = await start();
    });
    afterAll(() => database?.close());

    async function filled(logs: readonly SampleLog[]): Promise<WarehouseTables> {
      const tables = await database.fresh(() => NOW_MS);
      for (const { ref, rows } of logs) await tables.append(ref, 1, rows);
      await tables.build();
      return tables;
    }

    it('are zeros and nulls before anything has happened', async () => {
      const tables = await database.fresh(() => NOW_MS);
      const { hour, minutes, lives, spentMicroUsd, atMs } = await tables.figures();
      expect({ lives, spentMicroUsd, atMs }).toEqual({
        lives: { running: 0, sleeping: 0, paused: 0, completed: 0, failed: 0, killed: 0 },
        spentMicroUsd: 0,
        atMs: NOW_MS,
      });
      expect(hour).toEqual(flowOf([]));
      expect(minutes).toHaveLength(60);
      expect(minutes.at(0)).toEqual({ fromMs: HOUR_FROM_MS, ...flowOf([]) });
      expect(minutes.at(-1)?.fromMs).toBe(Date.UTC(2026, 5, 29, 0, 20));
      await tables.close();
    });

    it('count what the logs of all tenants tell, by the minute', async () => {
      const logs = Array.from({ length: 300 }, (_, seed) => randomLog(seed, `t-${seed % 3}`));
      const tables = await filled(logs);
      const { hour, minutes, lives, spentMicroUsd } = await tables.figures();
      const moments = logs.flatMap((log) => momentsOf(log));
      const within = (fromMs: number, toMs: number): FlowFigures =>
        flowOf(moments.filter(({ atMs }) => atMs >= fromMs && atMs < toMs));
      expect(hour).toEqual(within(HOUR_FROM_MS, HOUR_FROM_MS + 60 * MINUTE_MS));
      expect(hour.ticks).toBeGreaterThan(5);
      expect(hour.stepFailures).toBeGreaterThan(0);
      expect(hour.spentMicroUsd).toBeGreaterThan(0);
      expect(minutes).toEqual(
        minutes.map(({ fromMs }) => ({ fromMs, ...within(fromMs, fromMs + MINUTE_MS) })),
      );
      expect(minutes.filter(({ ticks }) => ticks > 0).length).toBeGreaterThan(1);
      for (const status of ['running', 'sleeping', 'paused', 'completed', 'failed', 'killed']) {
        expect(lives[status as keyof typeof lives], status).toBe(
          logs.filter(({ state }) => state.status === status).length,
        );
      }
      expect(spentMicroUsd).toBe(
        logs.reduce((sum, { state }) => sum + state.budget.spentMicroUsd, 0),
      );
      await tables.close();
    });

    it('tell how long ticks took and what they cost, also where a tick came in pieces', async () => {
      const ref = newRef('acme');
      const at = '2026-01-01T00:00:00.000Z';
      const { rows } = logOf(
        [
          spawn(ref),
          {
            type: 'wake',
            payload: {
              cause: { kind: 'timer', causeId: 'timer:1', at },
              waitId: null,
              tick: 1,
              lateMs: 41,
              pending: [],
            },
          },
          charge('ask#1', 1, 250),
          charge('ask#1', 1, 1_000),
          { type: 'publish', payload: { final: true, artifact: { kind: 'result', value: 1 } } },
        ],
        { ref, fromMs: NOW_MS - 3 * MINUTE_MS, everyMs: 20_000 },
      );
      const tables = await database.fresh(() => NOW_MS);
      for (const [index, row] of rows.entries()) {
        await tables.append(ref, index + 1, [row]);
        await tables.build();
      }
      expect((await tables.figures()).hour).toMatchObject({
        started: 1,
        completed: 1,
        ticks: 1,
        lateMs: { p50: 41, p99: 41, max: 41 },
        tickMs: { p50: 60_000, p99: 60_000, max: 60_000 },
        tickMicroUsd: { p50: 1_250, p99: 1_250, max: 1_250 },
        spentMicroUsd: 1_250,
        lagMs: { p50: 160_000, p99: 160_000, max: 160_000 },
      });
      await tables.close();
    });
  });
}

/** Something of a log that figures count. */
interface Moment extends Partial<Record<'late' | 'tick' | 'cost' | 'step' | 'lag', number>> {
  readonly atMs: number;
  readonly what: 'started' | 'completed' | 'failed' | 'killed' | 'woken' | 'slept' | 'step' | 'in';
  readonly isFailure?: boolean;
}

/** What figures count of a log, by another way than the SQL's. */
function momentsOf({ rows }: SampleLog): Moment[] {
  const moments: Moment[] = [];
  const intended = new Map<string, number>();
  let wake: { atMs: number; ended: boolean; cost: number } | undefined;
  const endTick = (atMs: number): void => {
    if (!wake || wake.ended) return;
    wake.ended = true;
    moments.push({ atMs, what: 'slept', tick: atMs - wake.atMs, cost: wake.cost });
  };
  for (const event of rows.map((row) => parseStoredEvent(row))) {
    const atMs = Date.parse(event.at);
    const payload = event.payload as Payload;
    const attempt = `${payload.stepId}:${payload.attempt}`;
    switch (event.type) {
      case 'spawn':
        moments.push({ atMs, what: 'started' });
        break;
      case 'wake':
        wake = { atMs, ended: false, cost: 0 };
        moments.push({
          atMs,
          what: 'woken',
          ...(payload.cause?.kind === 'timer' ? { late: payload.lateMs ?? 0 } : {}),
        });
        moments.push({ atMs: NOW_MS, what: 'in', lag: Math.max(0, NOW_MS - atMs) });
        break;
      case 'budget_charge':
        // Of random logs those go on being charged whose tick has ended: the tick has the charge all the same.
        if (wake) chargeTick(moments, wake, payload.microUsd ?? 0);
        break;
      case 'step':
        if (payload.phase === 'intended') intended.set(attempt, atMs);
        else moments.push(stepEnd(atMs, intended.get(attempt), payload.outcome?.kind === 'fail'));
        break;
      case 'sleep':
        endTick(atMs);
        break;
      case 'publish':
      case 'error':
        if (payload.final) {
          endTick(atMs);
          moments.push({ atMs, what: event.type === 'error' ? 'failed' : 'completed' });
        } else if (event.type === 'error') {
          moments.push(stepEnd(atMs, intended.get(attempt), true));
        }
        break;
      case 'kill':
        endTick(atMs);
        moments.push({ atMs, what: 'killed' });
        break;
      default:
    }
  }
  return moments;
}

interface Payload {
  readonly stepId?: string;
  readonly attempt?: number;
  readonly lateMs?: number;
  readonly microUsd?: number;
  readonly cause?: { readonly kind: string };
  readonly phase?: string;
  readonly final?: boolean;
  readonly outcome?: { readonly kind: string };
}

function chargeTick(
  moments: Moment[],
  wake: { readonly ended: boolean; cost: number },
  microUsd: number,
): void {
  wake.cost += microUsd;
  if (!wake.ended) return;
  const index = moments.findLastIndex(({ what }) => what === 'slept');
  const slept = moments[index];
  if (slept) moments[index] = { ...slept, cost: wake.cost };
}

function stepEnd(atMs: number, fromMs: number | undefined, isFailure: boolean): Moment {
  return {
    atMs,
    what: 'step',
    isFailure,
    ...(fromMs === undefined ? {} : { step: atMs - fromMs }),
  };
}

function flowOf(moments: readonly Moment[]): FlowFigures {
  const count = (what: Moment['what']): number => moments.filter((one) => one.what === what).length;
  const spread = (of: 'late' | 'tick' | 'cost' | 'step' | 'lag'): Spread => {
    const values = moments.flatMap((moment) => moment[of] ?? []).sort((a, b) => a - b);
    const at = (share: number): number | null =>
      values[Math.max(0, Math.ceil(values.length * share) - 1)] ?? null;
    return { p50: at(0.5), p99: at(0.99), max: at(1) };
  };
  return {
    started: count('started'),
    completed: count('completed'),
    failed: count('failed'),
    killed: count('killed'),
    ticks: count('woken'),
    lateMs: spread('late'),
    tickMs: spread('tick'),
    tickMicroUsd: spread('cost'),
    spentMicroUsd: moments.reduce((sum, { cost = 0 }) => sum + cost, 0),
    steps: count('step'),
    stepFailures: moments.filter(({ isFailure }) => isFailure).length,
    stepMs: spread('step'),
    lagMs: spread('lag'),
  };
}
