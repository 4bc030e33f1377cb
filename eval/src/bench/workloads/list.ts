import { noop } from '@maestro/recipes';
import { RecipeRegistry } from '@maestro/core';
import { startPostgres } from '@maestro/infra-dapr';
import {
  openDuckDbTables,
  openPostgresTables,
  type ListQuery,
  type WarehouseTables,
} from '@maestro/warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { BenchOptions, ComponentSet } from '../bench-options.ts';
import { closedLoop } from '../load/closed-loop.ts';
import { noopCommits } from '../load/noop-commits.ts';
import { distributionOf, rounded, type Distribution } from '../load/statistics.ts';
import { load1 } from '../report/machine.ts';
import { progress } from '../report/progress.ts';
import { TENANT } from '../stack/driver.ts';

/** One run of lists of one kind. */
export interface ListRun {
  readonly workload: 'list';
  readonly components: ComponentSet;
  readonly tables: 'DuckDB' | 'PostgreSQL';
  readonly what: string;
  readonly continuations: number;
  readonly calls: number;
  readonly callMs: Distribution;
  /** Events a second that the tables took while they were filled, by 50 callers. */
  readonly filledPerSecond: number;
  /** How long it took to build the facts of all of them, in ms. */
  readonly builtMs: number;
  readonly load1: number;
}

const PAGE = 100;
const CALLERS = 50;
/** Continuations whose commits are made at a time. */
const BATCH = 5_000;

interface Opened {
  readonly tables: WarehouseTables;
  close(): Promise<void>;
}

/** Lists of a tenant with very many continuations: the first page, the five hundredth, and some filters; figures of them; in DuckDB or, on `postgres`, in PostgreSQL. */
export async function runList(
  components: ComponentSet,
  options: BenchOptions,
): Promise<readonly ListRun[]> {
  const continuations = options.quick ? 2_000 : 100_000;
  const calls = options.quick ? 20 : 200;
  const folder = await mkdtemp(path.join(options.workFolder, 'list-'));
  const opened = await open(components, folder);
  const { tables } = opened;
  try {
    const { filledPerSecond, builtMs } = await fill(tables, continuations);
    const deep = await lastOfPage(tables, Math.min(499, continuations / PAGE / 2));
    const list = (query: Partial<ListQuery>) => () =>
      tables.list({ tenant: TENANT, limit: PAGE, ...query });
    const kinds: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['first page', list({})],
      [`page ${options.quick ? 'in the middle' : 500}`, list({ after: deep })],
      ['first page of a status and a recipe', list({ status: 'sleeping', recipe: 'noop@1' })],
      ['nothing found by its objective', list({ search: 'nobody asked for this' })],
      ['figures of the last hour, in which all began', () => tables.figures()],
    ];
    const runs: ListRun[] = [];
    for (const [what, ask] of kinds) {
      const ms: number[] = [];
      for (let call = 0; call < calls; call++) {
        const before = performance.now();
        await ask();
        ms.push(performance.now() - before);
      }
      const callMs = distributionOf(ms);
      progress(
        `list ${components} ${what}: p50 ${callMs.p50} p99 ${callMs.p99} max ${callMs.max} ms`,
      );
      runs.push({
        workload: 'list',
        components,
        tables: components === 'postgres' ? 'PostgreSQL' : 'DuckDB',
        what,
        continuations,
        calls,
        callMs,
        filledPerSecond,
        builtMs,
        load1: load1(),
      });
    }
    return runs;
  } finally {
    await opened.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function open(components: ComponentSet, folder: string): Promise<Opened> {
  if (components !== 'postgres') {
    const tables = await openDuckDbTables(path.join(folder, 'warehouse.duckdb'));
    return { tables, close: () => tables.close() };
  }
  const server = await startPostgres({ dataDir: folder });
  const tables = await openPostgresTables(server.connectionString);
  return {
    tables,
    close: async () => {
      await tables.close();
      await server.stop();
    },
  };
}

async function fill(
  tables: WarehouseTables,
  continuations: number,
): Promise<Pick<ListRun, 'filledPerSecond' | 'builtMs'>> {
  const recipes = new RecipeRegistry([noop]);
  let events = 0;
  let appendMs = 0;
  for (let from = 0; from < continuations; from += BATCH) {
    const lives = Math.min(BATCH, continuations - from);
    // Of each life the first turn: it sleeps.
    const commits = noopCommits(recipes, `list-${from}`, lives, 1, 'as-committed').filter(
      (commit) => commit.from === 0,
    );
    const began = performance.now();
    await closedLoop(commits.length, CALLERS, async (index) => {
      const commit = commits[index];
      if (commit) await tables.append(commit.ref, 1, commit.entries);
    });
    appendMs += performance.now() - began;
    events += commits.reduce((sum, { entries }) => sum + entries.length, 0);
  }
  const began = performance.now();
  await tables.build();
  const builtMs = rounded(performance.now() - began);
  const filledPerSecond = rounded((events * 1000) / appendMs);
  progress(`${events} events at ${filledPerSecond}/s, facts of them in ${builtMs} ms`);
  return { filledPerSecond, builtMs };
}

/** The last continuation of a page, as who pages through all would know it. */
async function lastOfPage(tables: WarehouseTables, page: number): Promise<ListQuery['after']> {
  let after: ListQuery['after'];
  for (let number = 0; number < page; number++) {
    after = (await tables.list({ tenant: TENANT, limit: PAGE, after })).at(-1) ?? after;
  }
  return after;
}
