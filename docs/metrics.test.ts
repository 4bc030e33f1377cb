import { METRIC_LABELS, METRICS, type MetricName } from '@maestro/core';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const text = readFileSync(path.join(import.meta.dirname, 'reference/metrics.md'), 'utf8');

/** The rows of a section's table: name, labels, meaning. */
function rowsOf(section: string): readonly (readonly string[])[] {
  const body = text.split(`\n## ${section}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...body.matchAll(/^\| `(\w+)` \| (.*?) ?\| (.*) \|$/gm)].map((row) => row.slice(1));
}

const labels: Readonly<Partial<Record<MetricName, readonly string[]>>> = METRIC_LABELS;

it.each([
  ['Counters', METRICS.counters],
  ['Gauges', METRICS.gauges],
  ['Histograms', METRICS.histograms],
] as const)('the reference has every metric with its labels: %s', (section, metrics) => {
  const documented = rowsOf(section).map(([name = '', labelled = '']) => [
    name,
    [...labelled.replaceAll(/\(.*?\)/g, '').matchAll(/`(\w+)`/g)].map(([, label]) => label),
  ]);
  const expected = (Object.keys(metrics) as MetricName[]).map((name) => [name, labels[name] ?? []]);
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(expected));
});
