import { missingForSet } from '@maestro/infra-dapr';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { warehouseApp } from '../src/warehouse-app.ts';
import { importCharged } from './support/charged-log.ts';
import { startPrometheus, type Prometheus } from './support/prometheus.ts';
import { openSubstrate, type SubstrateStack } from './support/substrate-stack.ts';

const DASHBOARDS = path.resolve(import.meta.dirname, '../../dashboards');
const APPS = ['worker-a', 'worker-b', 'maestro-api', 'maestro-warehouse'];

/** Series of one process that are ours, and of one daprd. */
const MAX_SERIES = 500;
const MAX_DAPRD_SERIES = 3_000;

const noPrometheus =
  spawnSync('prometheus', ['--version']).error && 'no prometheus: apt-get install prometheus';
const reason = noPrometheus ?? (await missingForSet('postgres'));
const skipped = reason !== undefined && !process.env['CI'];

const local = (port: number): string => `127.0.0.1:${port}`;

interface Asked {
  readonly where: string;
  readonly expr: string;
}

/** A rule as Prometheus tells of it. */
interface Rule {
  readonly name: string;
  readonly health: string;
  readonly state?: string;
}

async function rulesOf(prometheus: Prometheus): Promise<readonly Rule[]> {
  const { groups } = (await prometheus.api('rules')) as {
    readonly groups: readonly { readonly rules: readonly Rule[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
}

/** Every query of every panel, with the interval that Grafana would put in. */
function queries(): readonly Asked[] {
  return readdirSync(DASHBOARDS)
    .filter((file) => file.endsWith('.json') && !/^(package|tsconfig)/.test(file))
    .flatMap((file) => {
      const { panels } = JSON.parse(readFileSync(path.join(DASHBOARDS, file), 'utf8')) as {
        readonly panels: readonly {
          readonly title: string;
          readonly targets?: readonly { readonly expr: string }[];
        }[];
      };
      return panels.flatMap(({ title, targets = [] }) =>
        targets.map(({ expr }) => ({
          where: `${file}: ${title}`,
          expr: expr.replaceAll('$__rate_interval', '20s'),
        })),
      );
    });
}

describe.skipIf(skipped)(`dashboards${skipped ? ` (skipped: ${reason})` : ''}`, () => {
  let stack: SubstrateStack;
  let prometheus: Prometheus;
  let dataDir: string;
  const ids: string[] = [];

  beforeAll(async () => {
    if (reason !== undefined) throw new Error(reason);
    dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-dashboards-'));
    stack = await openSubstrate('postgres', {
      moreApps: (backends, folder) => [warehouseApp('postgres', backends, folder)],
      env: { MAESTRO_PROBE: 'ops', MAESTRO_PROBE_EVERY_MS: '500' },
    });
    const apps = APPS.map((name) => stack.stack.app(name));
    prometheus = await startPrometheus(
      dataDir,
      {
        maestro: apps.map(({ appPort }) => local(appPort)),
        daprd: apps.map(({ sidecar }) => local(sidecar.metricsPort)),
      },
      [path.join(DASHBOARDS, 'rules.yml')],
    );
  });
  afterAll(async () => {
    await prometheus?.stop();
    await stack?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Ticks, sleeps, forks, steps, charges, refusals, and a message that nobody can take. */
  async function live(): Promise<void> {
    const { client, tenant } = stack;
    const start = async (recipe: string, parameters: Record<string, number>): Promise<string> => {
      const { id } = await client.start({ goal: { objective: 'be seen', recipe, parameters } });
      ids.push(id);
      return id;
    };
    await Promise.all(
      Array.from({ length: 10 }, () => start('countdown@1', { n: 200, everyMs: 400 })),
    );
    const parent = await start('noop@1', { sleepMs: 3_600_000 });
    const { children } = await client.fork(parent, { children: [{}, {}] });
    ids.push(...children);
    await start('writer@1', { kilobytes: 1 });
    await client.signal(parent, 'nobody-waits-for-this').catch(() => undefined);
    await importCharged(client, tenant, 250_000);
    const { httpPort } = stack.stack.app('worker-a').sidecar;
    const published = await fetch(
      `http://127.0.0.1:${httpPort}/v1.0/publish/maestro-pubsub/maestro-events`,
      { method: 'POST', body: '{"not":"events"}', headers: { 'content-type': 'application/json' } },
    );
    expect(published.status).toBe(204);
  }

  it('show something in every panel while a stack lives', async () => {
    await live();
    const left = new Map(queries().map((asked) => [`${asked.where}\n${asked.expr}`, asked.expr]));
    expect(left.size).toBeGreaterThan(40);
    const deadline = performance.now() + 90_000;
    while (left.size > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      // Somebody looks on.
      await stack.client.get(ids[0] ?? '');
      for (const [where, expr] of left) {
        const samples = await prometheus.query(expr);
        if (samples.some(({ value }) => Number.isFinite(value))) left.delete(where);
      }
    }
    expect([...left.keys()]).toEqual([]);
  });

  it('show what there is', async () => {
    await expect
      .poll(async () => (await prometheus.query('sum(maestro_continuations)'))[0]?.value, {
        timeout: 20_000,
      })
      // What was imported, and the probe; at midnight there are two.
      .toSatisfy((count) => [ids.length + 2, ids.length + 3].includes(Number(count)));
    const byStatus = await prometheus.query('max by (status) (maestro_continuations)');
    const counts = byStatus.map(({ metric, value }) => [metric['status'], value]);
    expect(counts).toEqual(
      expect.arrayContaining([
        ['killed', 1],
        ['failed', 0],
        ['paused', 0],
      ]),
    );
    const [spent] = await prometheus.query('maestro_tenant_spent_micro_usd{tenant="substrate"}');
    expect(spent?.value).toBe(250_000);
    const [letters] = await prometheus.query('maestro_dead_letters_total');
    expect(letters).toMatchObject({
      value: 1,
      metric: { topic: 'maestro-events', code: 'request.invalid' },
    });
  });

  it('come with rules that Prometheus can evaluate, and one of which speaks', async () => {
    await expect
      .poll(async () => {
        const firing = (await rulesOf(prometheus)).filter(({ state }) => state === 'firing');
        return firing.map(({ name }) => name);
      })
      .toContain('MaestroDeadLetters');
    const all = await rulesOf(prometheus);
    expect(all.length).toBeGreaterThan(10);
    expect(all.filter(({ health }) => health !== 'ok')).toEqual([]);
  });

  it('rest on few series, none of which names a continuation', async () => {
    const perProcess = await prometheus.query('count by (job, instance) ({job=~".+"})');
    expect(perProcess).toHaveLength(2 * APPS.length);
    for (const { metric, value } of perProcess) {
      const most = metric['job'] === 'daprd' ? MAX_DAPRD_SERIES : MAX_SERIES;
      expect(value, JSON.stringify(metric)).toBeLessThan(most);
    }
    const series = JSON.stringify(await prometheus.api('series?match[]={job=~".%2B"}'));
    expect(ids.filter((id) => series.includes(id))).toEqual([]);
    console.log(perProcess.map(({ metric, value }) => `${metric['job']} ${value}`).join(', '));
  });
});
