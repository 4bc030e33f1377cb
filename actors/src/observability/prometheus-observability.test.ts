import {
  METRIC_LABELS,
  METRICS,
  type CounterName,
  type GaugeName,
  type HistogramName,
  type MetricName,
} from '@maestro/core';
import { expect, it } from 'vitest';
import { MAX_COMBINATIONS, PrometheusObservability } from './prometheus-observability.ts';

const labels: Readonly<Partial<Record<MetricName, readonly string[]>>> = METRIC_LABELS;

const valuesOf = (name: MetricName): Record<string, string> =>
  Object.fromEntries((labels[name] ?? []).map((label) => [label, `a-${label}`]));

/** One with a value of every metric. */
function filled(): PrometheusObservability {
  const observability = new PrometheusObservability();
  for (const name of Object.keys(METRICS.counters) as CounterName[]) {
    observability.count(name, valuesOf(name), 2);
  }
  for (const name of Object.keys(METRICS.histograms) as HistogramName[]) {
    observability.record(name, 7, valuesOf(name));
  }
  for (const name of Object.keys(METRICS.gauges) as GaugeName[]) {
    observability.set(name, 5, valuesOf(name));
  }
  return observability;
}

it('takes every metric with all its labels', async () => {
  const text = await filled().scrape();
  expect(text).toContain('maestro_dead_letters_total{topic="a-topic",code="a-code"} 2');
  expect(text).toContain('maestro_continuations{status="a-status"} 5');
  for (const kind of Object.values(METRICS)) {
    for (const name of Object.keys(kind)) expect(text).toContain(name);
  }
});

it('shows counters whose labels are known as 0 from the start', async () => {
  const text = await new PrometheusObservability().scrape();
  expect(text).toContain('maestro_commits_fenced_total{result="superseded"} 0');
  expect(text).toContain('maestro_step_attempts_total{result="threw"} 0');
});

it('shows a gauge from when it is set, and no label that a replacement lacks', async () => {
  const observability = new PrometheusObservability();
  expect(await observability.scrape()).not.toContain('maestro_activations');
  observability.set('maestro_activations', 3);
  observability.set('maestro_activations', 2);
  const set = (...statuses: string[]): void =>
    observability.replace(
      'maestro_continuations',
      statuses.map((status) => ({ labels: { status }, value: 1 })),
    );
  set('running', 'killed');
  set('killed', 'failed');
  const text = await observability.scrape();
  expect(text).toContain('maestro_activations 2\n');
  expect(text.match(/^maestro_continuations.*$/gm)).toEqual([
    'maestro_continuations{status="killed"} 1',
    'maestro_continuations{status="failed"} 1',
  ]);
});

it('counts under other what has more labels than it keeps apart', async () => {
  const observability = new PrometheusObservability();
  for (let n = 0; n < MAX_COMBINATIONS + 50; n++) {
    observability.count('maestro_dead_letters_total', { topic: `topic-${n}`, code: 'x' });
    observability.record('maestro_turn_ms', 1, { command: `command-${n}` });
    observability.set('maestro_continuations', 1, { status: `status-${n}` });
  }
  const text = await observability.scrape();
  expect(text).toContain('maestro_dead_letters_total{topic="other",code="other"} 50');
  expect(text).toContain('maestro_turn_ms_count{command="other"} 50');
  expect(text.match(/^maestro_continuations{/gm)).toHaveLength(MAX_COMBINATIONS + 1);
});

const linesOf = (text: string): readonly string[] => text.split('\n').filter(Boolean);

it('leaves out every metric that has a label, and nothing else', async () => {
  const observability = filled();
  const whole = linesOf(await observability.scrape());
  const part = linesOf(await observability.scrape({ withoutLabel: 'tenant' }));
  expect(whole.filter((line) => !part.includes(line))).toEqual([
    expect.stringMatching(/^# HELP maestro_tenant_spent_micro_usd /),
    '# TYPE maestro_tenant_spent_micro_usd gauge',
    expect.stringMatching(/^maestro_tenant_spent_micro_usd{tenant=/),
  ]);
  expect(part).toHaveLength(whole.length - 3);
});

it('gives the same as data, with buckets by themselves', async () => {
  const observability = filled();
  observability.record('maestro_turn_ms', 999_999, valuesOf('maestro_turn_ms'));
  const snapshot = await observability.snapshot();
  expect(snapshot).toHaveLength(Object.values(METRICS).flatMap(Object.keys).length);
  const turns = snapshot.find(({ name }) => name === 'maestro_turn_ms');
  expect(turns).toMatchObject({
    kind: 'histogram',
    points: [{ labels: { command: 'a-command' }, count: 2, sum: 1_000_006 }],
  });
  if (turns?.kind !== 'histogram') throw new Error('not a histogram');
  expect(
    turns.points[0]?.counts.flatMap((count, index) => (count ? [[index, count]] : [])),
  ).toEqual([
    [3, 1],
    [turns.bounds.length, 1],
  ]);
  expect(snapshot).toContainEqual({
    name: 'maestro_continuations',
    help: METRICS.gauges.maestro_continuations,
    kind: 'gauge',
    points: [{ labels: { status: 'a-status' }, value: 5 }],
  });
});
