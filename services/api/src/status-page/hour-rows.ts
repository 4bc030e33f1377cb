import type { ModelFigures, ModelFlow, Spread } from '../read-model/model-figures.ts';
import { countText, moneyText, NOTHING, rateText, shareText, spanText } from './figure-text.ts';
import type { Plot } from './minute-plot.ts';

/** A row of the table of the last hour. */
export interface HourRow {
  readonly name: string;
  /** What it means, in a few words. */
  readonly note: string;
  readonly total?: string;
  /** Said below the total because it went wrong. */
  readonly bad?: string | undefined;
  readonly rate?: string;
  readonly spread?: readonly [p50: string, p99: string, max: string];
  readonly plot: Plot;
}

/** Rows that belong together. */
export interface HourGroup {
  readonly name: string;
  readonly rows: readonly HourRow[];
}

/** What the last hour was like, as rows of a table. */
export function hourGroups({ hour, minutes, atMs }: ModelFigures): readonly HourGroup[] {
  const span = { hour, minutes, atMs };
  return [
    {
      name: 'Continuations',
      rows: [
        countRow(span, 'Started', 'continuations', ({ started }) => started),
        countRow(
          span,
          'Ended',
          'completed, failed or killed',
          ({ completed, failed, killed }) => completed + failed + killed,
          ({ failed }) => failed,
        ),
      ],
    },
    {
      name: 'Ticks',
      rows: [
        countRow(span, 'Ticks', 'that began', ({ ticks }) => ticks),
        spreadRow(span, 'Wake lateness', 'of timers, due to awake', ({ lateMs }) => lateMs),
        spreadRow(span, 'Tick length', 'wake to sleep or end', ({ tickMs }) => tickMs),
      ],
    },
    {
      name: 'Steps',
      rows: [
        countRow(
          span,
          'Step attempts',
          'that ended',
          ({ steps }) => steps,
          ({ stepFailures }) => stepFailures,
        ),
        spreadRow(span, 'Step duration', 'start to report', ({ stepMs }) => stepMs),
      ],
    },
    {
      name: 'Cost',
      rows: [
        {
          name: 'Spend',
          note: 'of ticks that ended',
          total: moneyText(hour.spentMicroUsd),
          plot: {
            name: 'Spend',
            kind: 'count',
            minutes: minutes.map(({ fromMs, spentMicroUsd }) => ({
              fromMs,
              whole: spentMicroUsd,
              text: moneyText(spentMicroUsd),
            })),
            valueText: moneyText,
          },
        },
        spreadRow(span, 'Cost per tick', 'what was charged', ({ tickMicroUsd }) => tickMicroUsd, {
          valueText: moneyText,
        }),
      ],
    },
    {
      name: 'Warehouse',
      rows: [spreadRow(span, 'Warehouse lag', 'wake to table', ({ lagMs }) => lagMs)],
    },
  ];
}

type Span = Pick<ModelFigures, 'hour' | 'minutes' | 'atMs'>;

function countRow(
  { hour, minutes, atMs }: Span,
  name: string,
  note: string,
  countOf: (flow: ModelFlow) => number,
  badOf?: (flow: ModelFlow) => number,
): HourRow {
  const total = countOf(hour);
  const bad = badOf?.(hour) ?? 0;
  // The last minute has only begun.
  const elapsed = Math.max(1, (atMs - (minutes[0]?.fromMs ?? atMs)) / 60_000);
  return {
    name,
    note,
    total: countText(total),
    bad: bad > 0 ? `${countText(bad)} failed, ${shareText(bad, total)}` : undefined,
    rate: rateText(total, elapsed),
    plot: {
      name,
      kind: 'count',
      minutes: minutes.map((minute) => {
        const failed = badOf?.(minute) ?? 0;
        const text = `${countText(countOf(minute))}${failed > 0 ? `, ${countText(failed)} failed` : ''}`;
        return { fromMs: minute.fromMs, whole: countOf(minute), part: failed, text };
      }),
      valueText: countText,
    },
  };
}

function spreadRow(
  { hour, minutes }: Span,
  name: string,
  note: string,
  spreadOf: (flow: ModelFlow) => Spread,
  { valueText = spanText }: { readonly valueText?: (value: number | null) => string } = {},
): HourRow {
  const { p50, p99, max } = spreadOf(hour);
  return {
    name,
    note,
    spread: [valueText(p50), valueText(p99), valueText(max)],
    plot: {
      name: `${name}, p99`,
      kind: 'spread',
      minutes: minutes.map((minute) => {
        const spread = spreadOf(minute);
        const text =
          spread.p50 === null
            ? NOTHING
            : `p50 ${valueText(spread.p50)}, p99 ${valueText(spread.p99)}`;
        return { fromMs: minute.fromMs, whole: spread.p99, part: spread.p50, text };
      }),
      valueText,
    },
  };
}
