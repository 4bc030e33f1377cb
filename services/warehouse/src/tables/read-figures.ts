import { ContinuationStatus } from '@maestro/core';
import { FIGURE_MINUTES, type Figures, type FlowFigures, type Spread } from './figures.ts';
import type { SqlDatabase, SqlRow } from './sql-database.ts';

const MINUTE_MS = 60_000;

/** What is counted of a table, by the minute of one of its instants. */
interface Flow {
  readonly table: string;
  readonly at: string;
  /** Columns of the table that the aggregates need. */
  readonly columns: string;
  /** Of which rows. */
  readonly where?: string;
  readonly aggregates: string;
}

/** Aggregates of a column, which {@link spreadOf} reads. */
const spread = (column: string, name: string): string =>
  `percentile_disc(0.5) within group (order by ${column}) as ${name}_p50,
   percentile_disc(0.99) within group (order by ${column}) as ${name}_p99, max(${column}) as ${name}_max`;

const count = (condition: string, name: string): string =>
  `sum(case when ${condition} then 1 else 0 end) as ${name}`;

const FLOWS: readonly Flow[] = [
  {
    table: 'fact_continuation_lifecycle',
    at: 'created_at',
    columns: 'continuation',
    aggregates: 'count(*) as started',
  },
  {
    table: 'fact_continuation_lifecycle',
    at: 'finished_at',
    columns: 'ending',
    aggregates: ['completed', 'failed', 'killed']
      .map((ending) => count(`ending = '${ending}'`, ending))
      .join(', '),
  },
  {
    table: 'fact_continuation_tick',
    at: 'woken_at',
    columns: "case when cause = 'timer' then late_ms end as late_ms",
    aggregates: `count(*) as ticks, ${spread('late_ms', 'late')}`,
  },
  {
    table: 'fact_continuation_tick',
    at: 'ended_at',
    columns: 'duration_ms, charged_micro_usd',
    aggregates: `sum(charged_micro_usd) as spent, ${spread('duration_ms', 'tick')},
      ${spread('charged_micro_usd', 'cost')}`,
  },
  {
    table: 'fact_continuation_step',
    at: 'finished_at',
    columns: 'duration_ms, outcome, error_code',
    aggregates: `count(*) as steps, ${count("error_code is not null or outcome = 'fail'", 'step_failures')},
      ${spread('duration_ms', 'step')}`,
  },
  {
    table: 'event',
    at: 'loaded_at',
    // Clocks of two machines may make it negative.
    columns: 'greatest(ms_between(occurred_at, loaded_at), 0) as lag_ms',
    // Of all events it would take as long as everything else together: rows of the log are large.
    where: "event_type = 'wake'",
    aggregates: spread('lag_ms', 'lag'),
  },
];

/**
 * Reads figures of all tenants: of the last minutes by the instants of facts, and how all continuations are. By several
 * statements, so a build that ends meanwhile may be in some of them and not in others.
 */
export async function readFigures(
  database: Pick<SqlDatabase, 'query'>,
  nowMs: number,
): Promise<Figures> {
  const last = Math.floor(nowMs / MINUTE_MS);
  const first = last - FIGURE_MINUTES + 1;
  const [lives, ...flows] = await Promise.all([
    database.query(
      'select status, count(*) as lives, sum(spent_micro_usd) as spent from fact_continuation_lifecycle group by status',
    ),
    ...FLOWS.map((flow) => byMinute(database, flow, first, last)),
  ]);
  const rowOf = (minute: number | null): SqlRow =>
    Object.assign({}, ...flows.map((rows) => rows.get(minute)));
  return {
    atMs: nowMs,
    lives: livesOf(lives.rows),
    spentMicroUsd: lives.rows.reduce((sum, row) => sum + numberOf(row['spent']), 0),
    hour: flowOf(rowOf(null)),
    minutes: Array.from({ length: FIGURE_MINUTES }, (_, index) => ({
      fromMs: (first + index) * MINUTE_MS,
      ...flowOf(rowOf(first + index)),
    })),
  };
}

/** Rows by their minute since the epoch; the one of all minutes is null's. */
async function byMinute(
  database: Pick<SqlDatabase, 'query'>,
  { table, at, columns, where = 'true', aggregates }: Flow,
  first: number,
  last: number,
): Promise<ReadonlyMap<number | null, SqlRow>> {
  // The tables keep instants in UTC, without saying so.
  const [from, to] = [first, last + 1].map((minute) =>
    new Date(minute * MINUTE_MS).toISOString().slice(0, -1),
  ) as [string, string];
  const { rows } = await database.query(
    `select cast(extract(epoch from begun) / 60 as bigint) as minute, ${aggregates}
     from (
       select date_trunc('minute', ${at}) as begun, ${columns}
       from ${table} where ${at} >= cast($1 as timestamp) and ${at} < cast($2 as timestamp) and ${where}
     ) as recent
     group by grouping sets ((begun), ())`,
    [from, to],
  );
  return new Map(
    rows.map((row) => [row['minute'] === null ? null : Number(row['minute']), row] as const),
  );
}

function livesOf(rows: readonly SqlRow[]): Figures['lives'] {
  const lives = Object.fromEntries(ContinuationStatus.options.map((status) => [status, 0]));
  for (const row of rows) lives[String(row['status'])] = numberOf(row['lives']);
  return lives as Figures['lives'];
}

function flowOf(row: SqlRow): FlowFigures {
  return {
    started: numberOf(row['started']),
    completed: numberOf(row['completed']),
    failed: numberOf(row['failed']),
    killed: numberOf(row['killed']),
    ticks: numberOf(row['ticks']),
    lateMs: spreadOf(row, 'late'),
    tickMs: spreadOf(row, 'tick'),
    tickMicroUsd: spreadOf(row, 'cost'),
    spentMicroUsd: numberOf(row['spent']),
    steps: numberOf(row['steps']),
    stepFailures: numberOf(row['step_failures']),
    stepMs: spreadOf(row, 'step'),
    lagMs: spreadOf(row, 'lag'),
  };
}

function spreadOf(row: SqlRow, name: string): Spread {
  const at = (part: string): number | null => {
    const value = row[`${name}_${part}`];
    return value === null || value === undefined ? null : Number(value);
  };
  return { p50: at('p50'), p99: at('p99'), max: at('max') };
}

/** Sums of nothing are null. */
function numberOf(value: unknown): number {
  return Number(value ?? 0);
}
