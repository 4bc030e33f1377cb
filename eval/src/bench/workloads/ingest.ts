import { openDuckDb, PostgresDatabase, type SqlDatabase } from '@maestro/warehouse';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { warehouseApp, warehouseFile } from '../../warehouse-app.ts';
import type { BenchOptions, ComponentSet } from '../bench-options.ts';
import { openLoop } from '../load/open-loop.ts';
import { distributionOf, rounded, type Distribution } from '../load/statistics.ts';
import { load1 } from '../report/machine.ts';
import { progress } from '../report/progress.ts';
import { startBenchStack, type BenchStack } from '../stack/bench-stack.ts';
import { committedEvents, waitCommitted } from '../stack/committed-events.ts';
import { connectDriver } from '../stack/connect-driver.ts';
import { TENANT } from '../stack/driver.ts';
import { cpuSnapshot, usageSince, type Usage } from '../stack/usage.ts';
import { warmUp } from './lifecycle.ts';

/** One run of events that go to the tables as they are committed. */
export interface IngestRun {
  readonly workload: 'ingest';
  readonly components: ComponentSet;
  readonly tables: 'DuckDB' | 'PostgreSQL';
  readonly killed: string;
  readonly events: number;
  readonly committedPerSecond: number;
  /** From the commit of an event to the transaction that wrote it. */
  readonly lagMs: Distribution;
  /** From the last commit until a replay of all continuations found each the same as in the store. */
  readonly allThereMs: number;
  readonly missing: number;
  readonly doubled: number;
  /** Continuations whose replay is the same as their head. */
  readonly same: number;
  /** CPU per event. */
  readonly usage: Usage;
  readonly load1: number;
}

/** Events of a `noop@1` that sleeps once. */
const EVENTS_EACH = 7;
const SLEEP_MS = 1_000;
const FULL = { lives: 1_430, livesPerSecond: 1_000 / EVENTS_EACH };
const QUICK = { lives: 143, livesPerSecond: 200 / EVENTS_EACH };
const WAREHOUSE = 'maestro-warehouse';

/** When something is killed, as a part of the time that lives are started for. */
const KILLS = [
  { at: 0.25, what: 'process' },
  { at: 0.5, what: 'process' },
  { at: 0.75, what: 'sidecar' },
] as const;

/** How long all may take after the last commit, in ms. */
const PROMISED_MS = 60_000;

/** Commits events at a steady rate and waits until tables have all, over the set's broker. */
export async function runIngest(
  components: ComponentSet,
  options: BenchOptions,
): Promise<readonly IngestRun[]> {
  if (components === 'local') throw new Error('ingest needs a broker: --components postgres');
  const runs: IngestRun[] = [];
  for (const kills of [false, true]) {
    for (const tables of ['DuckDB', 'PostgreSQL'] as const) {
      const run = await ingest(components, options, tables, kills);
      progress(
        `ingest ${components} ${tables}, killed ${run.killed}: ${run.committedPerSecond} events/s, lag p50 ${run.lagMs.p50} ` +
          `p99 ${run.lagMs.p99} max ${run.lagMs.max} ms, all there after ${run.allThereMs} ms, missing ${run.missing}, ` +
          `doubled ${run.doubled}, ${run.same} the same, load1 ${run.load1}`,
      );
      runs.push(run);
    }
  }
  return runs;
}

async function ingest(
  components: ComponentSet,
  options: BenchOptions,
  tables: IngestRun['tables'],
  kills: boolean,
): Promise<IngestRun> {
  const { lives, livesPerSecond } = options.quick ? QUICK : FULL;
  const stack = await startBenchStack(
    components,
    { ...options, via: 'api', broker: true },
    {
      apps: (backends, dataDir) => [
        warehouseApp(
          components,
          backends,
          dataDir,
          tables === 'DuckDB' ? undefined : backends.env['MAESTRO_POSTGRES'],
        ),
      ],
    },
  );
  const driver = await connectDriver(stack);
  try {
    await warmUp(stack, driver);
    await comparedSame(stack);
    const before = await committedEvents(stack, 'publish');
    const cpu = cpuSnapshot(stack.processes());
    const beganAt = performance.now();
    const beganAtMs = Date.now();
    const killing = kills ? killSome(stack, (lives / livesPerSecond) * 1000) : undefined;
    const result = await openLoop(lives, livesPerSecond, async (index) => {
      await driver.start(`life-${index}`, 'noop@1', { sleepMs: SLEEP_MS });
    });
    if (result.failures.length > 0) throw result.failures[0];
    await waitCommitted(stack, 'publish', before + lives);
    const committedAt = performance.now();
    await killing;
    const same = await comparedSame(stack);
    const allThereMs = performance.now() - committedAt;
    const usage = usageSince(cpu, stack.processes(), lives * EVENTS_EACH);
    const load = load1();
    // A DuckDB file is one process's.
    await stack.otherApp(WAREHOUSE).stopGracefully(10_000);
    const { lags, doubled } = await readTables(stack, tables, beganAtMs);
    return {
      workload: 'ingest',
      components,
      tables,
      killed: kills ? KILLS.map(({ what }) => what).join(', ') : 'nothing',
      events: lags.length,
      committedPerSecond: rounded(
        (lives * EVENTS_EACH * 1000) / (committedAt - beganAt - SLEEP_MS),
      ),
      lagMs: distributionOf(lags),
      allThereMs: rounded(allThereMs),
      missing: lives * EVENTS_EACH - lags.length,
      doubled,
      same,
      usage,
      load1: load,
    };
  } finally {
    await driver.close();
    await stack.stop();
  }
}

async function killSome(stack: BenchStack, loadMs: number): Promise<void> {
  const warehouse = stack.otherApp(WAREHOUSE);
  const beganAt = performance.now();
  for (const { at, what } of KILLS) {
    await delay(Math.max(0, beganAt + at * loadMs - performance.now()));
    if (what === 'process') {
      await warehouse.kill9();
      await warehouse.restart();
    } else {
      await warehouse.sidecar.process.kill9();
      await warehouse.sidecar.restart();
    }
    progress(`killed the warehouse's ${what}: back ${secondsSince(beganAt)} s after the start`);
  }
}

const Replayed = z.object({ outcome: z.string() });

/** Replays all continuations from the tables until each is the same as in the store. @returns how many. */
async function comparedSame(stack: BenchStack): Promise<number> {
  const url = `http://127.0.0.1:${stack.otherApp(WAREHOUSE).appPort}/replays?tenant=${TENANT}`;
  const giveUpAt = performance.now() + PROMISED_MS;
  for (;;) {
    const text = await fetch(url).then(
      (response) => response.text(),
      () => '',
    );
    const outcomes = text
      .split('\n')
      .filter(Boolean)
      .map((line) => Replayed.parse(JSON.parse(line)).outcome);
    const same = outcomes.filter((outcome) => outcome === 'same').length;
    if (outcomes.length > 0 && same === outcomes.length) return same;
    if (performance.now() > giveUpAt) return same;
    await delay(250);
  }
}

/** What the tables have of events since an instant: how late each came, and places in logs that are there more than once. */
async function readTables(
  stack: BenchStack,
  tables: IngestRun['tables'],
  sinceMs: number,
): Promise<{ readonly lags: readonly number[]; readonly doubled: number }> {
  const database: SqlDatabase =
    tables === 'DuckDB'
      ? await openDuckDb(warehouseFile(stack.dataDir))
      : await PostgresDatabase.open(stack.backends.env['MAESTRO_POSTGRES'] ?? '');
  try {
    const { rows } = await database.query(
      `select extract(epoch from (loaded_at - occurred_at)) * 1000 as lag_ms from event
       where tenant = $1 and occurred_at >= cast($2 as timestamp)`,
      [TENANT, new Date(sinceMs).toISOString()],
    );
    const twice = await database.query(
      `select count(*) as doubled from
       (select 1 as one from event group by tenant, continuation, sequence having count(*) > 1) as places`,
    );
    return {
      lags: rows.map((row) => Math.max(0, Number(row['lag_ms']))),
      doubled: Number(twice.rows[0]?.['doubled']),
    };
  } finally {
    await database.close();
  }
}

function secondsSince(instant: number): string {
  return ((performance.now() - instant) / 1000).toFixed(1);
}
