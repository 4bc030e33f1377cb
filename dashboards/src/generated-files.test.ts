import { METRICS } from '@maestro/core';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAPRD_METRICS } from './daprd-metrics.ts';
import { DASHBOARDS, generatedFiles } from './generated-files.ts';
import { ALERT_RULES } from './rules/alert-rules.ts';
import { RECORDING_RULES } from './rules/recording-rules.ts';

const folder = path.resolve(import.meta.dirname, '..');

const panels = DASHBOARDS.flatMap(({ name, rows }) =>
  rows.flatMap((row) =>
    row.panels.map((panel) => ({ where: `${name}: ${panel.title}`, ...panel })),
  ),
);

/** Names of metrics in a query, without what Prometheus adds to those of histograms. */
function metricsIn(expr: string): readonly string[] {
  const histograms = new Set<string>([...Object.keys(METRICS.histograms), ...DAPRD_METRICS]);
  return [...expr.matchAll(/\b(?:maestro|dapr)_\w+/g)].map(([name]) => {
    const base = name.replace(/_(bucket|count|sum)$/, '');
    return histograms.has(base) ? base : name;
  });
}

const known = new Set<string>([...Object.values(METRICS).flatMap(Object.keys), ...DAPRD_METRICS]);
const recorded = new Set<string>(RECORDING_RULES.map(({ record }) => record));

it.each(generatedFiles())('$name is what npm run dashboards writes', ({ name, text }) => {
  expect(readFileSync(path.join(folder, name), 'utf8')).toBe(text);
});

describe('queries', () => {
  it('ask for metrics that there are', () => {
    const queries = [
      ...panels.flatMap((panel) => panel.queries.map(({ expr }) => expr)),
      ...[...ALERT_RULES, ...RECORDING_RULES].map(({ expr }) => expr),
    ];
    const unknown = queries.flatMap(metricsIn).filter((name) => !known.has(name));
    expect(unknown).toEqual([]);
    const unrecorded = ALERT_RULES.flatMap(({ expr }) => expr.match(/maestro:[\w:]+/g) ?? []);
    expect(unrecorded.filter((name) => !recorded.has(name))).toEqual([]);
  });

  it('of panels look at every metric of the runtime', () => {
    const asked = new Set(
      panels.flatMap(({ queries }) => queries.flatMap(({ expr }) => metricsIn(expr))),
    );
    const unseen = Object.values(METRICS)
      .flatMap(Object.keys)
      .filter((name) => !asked.has(name));
    // The one tells alerts what to expect; the other is there only where there is a copy.
    expect(unseen).toEqual(['maestro_warehouse_compare_every_ms', 'maestro_copy_lacking_events']);
  });

  it('are named apart within a panel, and each panel within its dashboard', () => {
    for (const { queries, where } of panels) {
      expect(new Set(queries.map(({ legend }) => legend)).size, where).toBe(queries.length);
    }
    for (const { rows, name } of DASHBOARDS) {
      for (const row of rows) {
        const titles = row.panels.map(({ title }) => title);
        expect(new Set(titles).size, `${name}: ${row.title}`).toBe(titles.length);
      }
    }
  });
});

it('every panel says what it shows', () => {
  for (const { where, title, description } of panels) {
    expect(title, where).not.toBe('');
    expect(description, where).toMatch(/\.$/);
  }
});

it('panels of a dashboard do not overlap', () => {
  for (const { name, text } of generatedFiles().filter((file) => file.name.endsWith('.json'))) {
    const parsed = JSON.parse(text) as {
      readonly panels: readonly { readonly id: number; readonly gridPos: Record<string, number> }[];
    };
    const taken = new Set<string>();
    for (const { gridPos } of parsed.panels) {
      const { x = 0, y = 0, w = 0, h = 0 } = gridPos;
      expect(x + w, name).toBeLessThanOrEqual(24);
      for (let column = x; column < x + w; column++) {
        for (let line = y; line < y + h; line++) {
          expect(taken.has(`${column}/${line}`), `${name} at ${column}/${line}`).toBe(false);
          taken.add(`${column}/${line}`);
        }
      }
    }
    expect(new Set(parsed.panels.map(({ id }) => id)).size).toBe(parsed.panels.length);
  }
});

it.each(ALERT_RULES)('$alert has a runbook', ({ runbook }) => {
  expect(existsSync(path.join(folder, '../docs/runbooks', runbook))).toBe(true);
});
