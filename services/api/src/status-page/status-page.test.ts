import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sampleFigures } from '../testing/sample-figures.ts';
import { PAGE_HEADERS } from './page-policy.ts';
import { statusPage } from './status-page.ts';
import type { StatusView } from './status-view.ts';

const NOW_MS = Date.UTC(2026, 0, 1, 12, 31, 5);

const ready: StatusView['readiness'] = {
  value: [{ name: 'sidecar', ok: true }],
  readAtMs: NOW_MS,
  awaySinceMs: undefined,
};

function page(view: Partial<StatusView> = {}): string {
  const value = sampleFigures(NOW_MS);
  const figures = { value, readAtMs: NOW_MS, awaySinceMs: undefined };
  return statusPage({ nowMs: NOW_MS, readiness: ready, figures, ...view });
}

/** What a reader sees: without style, script and tags, with spaces as one. */
function textOf(text: string): string {
  const body = text.slice(text.indexOf('<main'), text.indexOf('</main>'));
  return body.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
}

const busy = sampleFigures(
  NOW_MS,
  {
    started: 12,
    completed: 7,
    failed: 1,
    ticks: 1_200,
    lateMs: { p50: 12, p99: 340, max: 1_240 },
    tickMs: { p50: 0, p99: 2_500, max: 9_000 },
    tickMicroUsd: { p50: 150, p99: 20_000, max: 30_000 },
    spentMicroUsd: 4_500_000,
    steps: 50,
    stepFailures: 3,
    stepMs: { p50: 90, p99: 700, max: 800 },
    lagMs: { p50: 40, p99: 300, max: 301 },
  },
  { running: 4, sleeping: 88_102, failed: 2 },
);

describe('with figures', () => {
  const text = page({ figures: { value: busy, readAtMs: NOW_MS, awaySinceMs: undefined } });

  it('shows each of them', () => {
    const seen = textOf(text);
    for (const part of [
      '88,108 in all',
      'Active 4 ',
      'Sleeping 88,102 ',
      'Failed 2 ',
      'Ticks that began 1,200 ',
      'Wake lateness of timers, due to awake 12 ms 340 ms 1.24 s',
      'Tick length wake to sleep or end 0 ms 2.50 s 9.00 s',
      'Step attempts that ended 50 3 failed, 6.0 %',
      'Step duration start to report 90 ms 700 ms 800 ms',
      'Spend of ticks that ended $4.50',
      'Cost per tick what was charged $0.00015 $0.02 $0.03',
      'Warehouse lag wake to table 40 ms 300 ms 301 ms',
      'facts built 3 seconds ago',
      '12:31:05 UTC',
    ]) {
      expect(seen).toContain(part);
    }
    expect(seen).toMatch(/Ended completed, failed or killed 8 1 failed, 12.5 % /);
    expect(text).not.toContain('class="notice"');
  });

  it('tells who cannot see a plot what it shows, and who points at a minute what it was', () => {
    expect(text).toMatch(
      /<svg role="img"[^>]*>\s*<title>Ticks, by the minute of the last hour: at most 1,200, at 12:31 UTC<\/title>/,
    );
    expect(text).toContain('<title>12:31 UTC: p50 12 ms, p99 340 ms</title>');
    expect(text).toContain('<title>12:31 UTC: 50, 3 failed</title>');
    expect([...text.matchAll(/<svg /g)]).toHaveLength([...text.matchAll(/role="img"/g)].length);
    expect([...text.matchAll(/scope="row"/g)]).toHaveLength(10);
    expect([...text.matchAll(/scope="col"/g)]).toHaveLength(7);
  });

  it('opens and closes its elements as it should', () => {
    const open: string[] = [];
    const isVoid = /^(meta|link|path|hr)$/;
    const elements = text.replaceAll(/<(style|script)>[^]*?<\/\1>/g, '');
    for (const [tag, end, name = ''] of elements.matchAll(/<(\/?)([a-z]\w*)[^>]*>/g)) {
      if (end) expect(open.pop(), tag).toBe(name);
      else if (!isVoid.test(name) && !tag.endsWith('/>')) open.push(name);
    }
    expect(open).toEqual([]);
  });
});

describe('its policy', () => {
  it.each(['style', 'script'])('lets its own %s be, by hash, and no other', (name) => {
    const inline = [...page().matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, 'g'))];
    expect(inline).toHaveLength(1);
    const hash = createHash('sha256').update(String(inline[0]?.[1])).digest('base64');
    const policy = PAGE_HEADERS['content-security-policy'];
    expect(policy).toContain(`${name}-src 'sha256-${hash}'`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
  });

  it('is one that the page can live with: nothing inline but these, nothing from elsewhere', () => {
    expect(page()).not.toMatch(
      / (style|on\w+)="|<(img|iframe|object|form)\b|(src|href)="(?!data:)/,
    );
  });
});

it('has zeros and dashes before anything has happened', () => {
  const seen = textOf(page());
  expect(seen).toContain('0 in all');
  expect(seen).toContain('Wake lateness of timers, due to awake – – –');
  expect(page()).toContain('by the minute of the last hour: nothing');
  expect(textOf(page())).not.toMatch(/NaN|Infinity|undefined|null/);
});

it('escapes what checks say', () => {
  const checks = [{ name: 'state', ok: false, message: '<img src=x onerror=alert(1)> & "so"' }];
  const text = page({ readiness: { ...ready, value: checks } });
  expect(text).toContain('state: &lt;img src=x onerror=alert(1)&gt; &amp; &quot;so&quot;');
  expect(textOf(text)).toContain('not ready');
});

it('says which variable to set where there is no warehouse', () => {
  const seen = textOf(page({ figures: undefined }));
  expect(seen).toMatch(/No figures: .* Set MAESTRO_WAREHOUSE_APP /);
  expect(seen).toContain('ready');
  expect(seen).not.toContain('The last hour');
});

it('says since when the warehouse has not answered', () => {
  const figures = { value: undefined, readAtMs: undefined, awaySinceMs: NOW_MS - 60_000 };
  const seen = textOf(page({ figures }));
  expect(seen).toContain('No figures yet: the warehouse has not answered since 12:30:05 UTC');
});

it('shows what it knew when the warehouse went away, and how old that is', () => {
  const figures = { value: busy, readAtMs: NOW_MS - 120_000, awaySinceMs: NOW_MS - 110_000 };
  const seen = textOf(page({ figures }));
  expect(seen).toContain('The warehouse has not answered since 12:29:15 UTC');
  expect(seen).toContain('2 minutes old, of 12:29:05 UTC');
  expect(seen).toContain('Sleeping 88,102');
});

it.each([
  [null, 'has not built its facts since it started'],
  [NOW_MS - 61_000, 'built its facts last at 12:30:04 UTC'],
])('says when facts are old: built at %s', (builtAtMs, notice) => {
  const value = { ...busy, builtAtMs };
  const seen = textOf(page({ figures: { value, readAtMs: NOW_MS, awaySinceMs: undefined } }));
  expect(seen).toContain(notice);
});
