import {
  canonicalJson,
  defaultTenantDocument,
  redactDraft,
  textRedactorOf,
  type EventDraft,
  type TextRedactor,
} from '@maestro/core';
import { HARD_NEGATIVES, personalDataSet, seeded } from '@maestro/core/testing/personal-data';
import { loadRecipes } from '@maestro/actors';
import type { BenchOptions } from '../bench-options.ts';
import { noopCommits } from '../load/noop-commits.ts';
import { distributionOf, rounded, type Distribution } from '../load/statistics.ts';
import { load1 } from '../report/machine.ts';
import { progress } from '../report/progress.ts';

/** One run of taking personal data out of events of one sort, in this process alone. */
export interface RedactionRun {
  readonly workload: 'redaction';
  readonly what: string;
  readonly events: number;
  /** Mean size of a payload as canonical JSON. */
  readonly bytesPerEvent: number;
  readonly meanMs: number;
  /** Time of one event, in microseconds. */
  readonly eventUs: Distribution;
  readonly load1: number;
}

/** Events of each sort as they are drafted, by the default detectors; what is done for every event that is stored. */
export async function runRedaction(options: BenchOptions): Promise<readonly RedactionRun[]> {
  const count = options.quick ? 2_000 : 20_000;
  const texts = textRedactorOf(defaultTenantDocument('bench').redaction);
  const prose = personalDataSet(1, 200).map(({ text }) => text);
  const plain = personalDataSet(2, 200).flatMap(({ text, values }) =>
    values.length ? [] : [text],
  );
  const large = Math.max(1, Math.round(count / 100));
  return [
    measure('of a noop life', await noopDrafts(count), texts),
    measure(
      'a signal of one sentence, a fifth with personal data',
      signals(prose, 1, count),
      texts,
    ),
    measure('a signal of ten sentences', signals(prose, 10, count), texts),
    measure(
      'a signal of eighty sentences, no personal data, all with ids and numbers',
      signals(plain, 80, count),
      texts,
    ),
    measure(
      'a report of 480 sentences, with a few years and amounts',
      signals(REPORT, 480, large),
      texts,
    ),
    measure('a state of 900 ids and numbers', tables(large), texts),
    measure('a result of 1,300 sentences', signals(prose, 1_300, large), texts),
  ];
}

/** As people and models write: hardly any number in it is long. */
const REPORT = [
  'The second trial was stopped in June 2024, four months before its end, because too few of those invited took part.',
  'Its authors found no difference between the two groups (p = 0.31), though the younger half did somewhat better.',
  'Costs rose by 12% over the same time, mostly for staff; about EUR 48,000 of the grant is left.',
  'We looked at eleven further papers, three of which are reviews that draw on the same data as Table 2.',
  'Whether this holds for smaller laboratories is open, and none of the sources says how samples were kept.',
  'A follow-up of at least 18 months seems worth its price: section 4.2 sets out what it would have to measure.',
];

async function noopDrafts(count: number): Promise<readonly EventDraft[]> {
  const recipes = await loadRecipes(['@maestro/recipes']);
  return noopCommits(recipes, 'redaction', Math.ceil(count / 7), 1, 'as-committed').flatMap(
    ({ entries }) => entries.map((row) => JSON.parse(row) as EventDraft),
  );
}

function signals(
  texts: readonly string[],
  sentences: number,
  count: number,
): readonly EventDraft[] {
  return Array.from({ length: count }, (_, n) => {
    const from = (n * sentences) % Math.max(1, texts.length - sentences);
    const payload = {
      comment: Array.from(
        { length: sentences },
        (_item, at) => texts[(from + at) % texts.length],
      ).join(' '),
      score: n,
    };
    return {
      type: 'human_signal',
      payload: { signal: 'go', requestId: `r-${n}`, by: { subject: 'alice' }, payload },
    } satisfies EventDraft;
  });
}

function tables(count: number): readonly EventDraft[] {
  const random = seeded(3);
  const names = Object.keys(HARD_NEGATIVES);
  return Array.from({ length: count }, (_, n): EventDraft => {
    const rows = Array.from({ length: 900 }, (_row, at) => ({
      id: HARD_NEGATIVES[names[at % names.length] ?? '']?.(random) ?? '',
      value: random.int(0, 1_000_000) / 1000,
    }));
    return {
      type: 'step',
      payload: {
        phase: 'finished',
        stepId: `work#${n + 1}`,
        step: 'work',
        attempt: 1,
        outcome: { kind: 'next', step: 'work' },
        recipeState: { rows },
      },
    };
  });
}

function measure(what: string, drafts: readonly EventDraft[], texts: TextRedactor): RedactionRun {
  for (const draft of drafts.slice(0, 500)) redactDraft(draft, texts);
  const us: number[] = [];
  for (const draft of drafts) {
    const from = process.hrtime.bigint();
    redactDraft(draft, texts);
    us.push(Number(process.hrtime.bigint() - from) / 1000);
  }
  const sample = drafts.slice(0, 200);
  const bytes = sample.reduce(
    (sum, { payload }) => sum + Buffer.byteLength(canonicalJson(payload)),
    0,
  );
  const run: RedactionRun = {
    workload: 'redaction',
    what,
    events: drafts.length,
    bytesPerEvent: Math.round(bytes / sample.length),
    meanMs: rounded(us.reduce((sum, one) => sum + one, 0) / us.length / 1000, 4),
    eventUs: distributionOf(us),
    load1: load1(),
  };
  progress(`redaction ${what}: mean ${run.meanMs} ms, p99 ${run.eventUs.p99} us of an event`);
  return run;
}
