import { DaprStreamBus, EVENTS_TOPIC, SidecarHttp } from '@maestro/actors';
import { missingForSet, startPostgres, type RunningServer } from '@maestro/infra-dapr';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { warehouseApp } from '../src/warehouse-app.ts';
import { openSubstrate, type SubstrateStack } from './support/substrate-stack.ts';

const full = process.env['MAESTRO_TEST_SCALE'] === 'full';
/** In full longer than the retries of messages last, which then end on the dead-letter topic. */
const AWAY_MS = full ? 600_000 : 10_000;
/** All events are in the tables so long after the warehouse can write again, in ms. */
const PROMISED_MS = 60_000;
const CONTINUATIONS = 20;

const reason = await missingForSet('postgres');
const skipped = reason !== undefined && !process.env['CI'];

describe.skipIf(skipped)(`faults of the warehouse${skipped ? ` (skipped: ${reason})` : ''}`, () => {
  let folder: string;
  let database: RunningServer;
  let open: SubstrateStack;
  beforeAll(async () => {
    if (reason !== undefined) throw new Error(reason);
    folder = await mkdtemp(path.join(tmpdir(), 'maestro-warehouse-faults-'));
    database = await startPostgres({ dataDir: folder });
    open = await openSubstrate('postgres', {
      moreApps: (backends, dataDir) => [
        warehouseApp('postgres', backends, dataDir, database.connectionString),
      ],
    });
  }, 300_000);
  afterAll(async () => {
    await open?.close();
    await database?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const urlOf = (route: string): string =>
    `http://127.0.0.1:${open.stack.app('maestro-warehouse').appPort}${route}`;

  async function metric(pattern: RegExp): Promise<number> {
    const text = await (await fetch(urlOf('/metrics'))).text();
    return Number(pattern.exec(text)?.[1] ?? 0);
  }

  /** How many batches came more than two seconds late. */
  async function late(): Promise<number> {
    const all = await metric(/^maestro_warehouse_lag_ms_bucket\{le="\+Inf"\} (\S+)$/m);
    return all - (await metric(/^maestro_warehouse_lag_ms_bucket\{le="2000"\} (\S+)$/m));
  }

  async function start(everyMs: number, n: number): Promise<readonly string[]> {
    const goal = { objective: 'be kept', recipe: 'countdown@1', parameters: { n, everyMs } };
    const started = await Promise.all(
      Array.from({ length: CONTINUATIONS }, () => open.client.start({ goal })),
    );
    return started.map(({ id }) => id);
  }

  /** How many of the continuations a replay finds to be the same as in the store. */
  async function same(ids: readonly string[]): Promise<number> {
    const answer = await fetch(urlOf(`/replays?tenant=${open.tenant}`));
    const lines = (await answer.text()).trim().split('\n');
    const outcomes = new Map(
      lines.map((line) => {
        const { ref, outcome } = JSON.parse(line) as { ref: { id: string }; outcome: string };
        return [ref.id, outcome];
      }),
    );
    return ids.filter((id) => outcomes.get(id) === 'same').length;
  }

  it('a message that is none goes to the dead-letter topic, and holds nothing up', async () => {
    const http = new SidecarHttp(open.stack.app('maestro-api').sidecar.httpPort);
    const bus = new DaprStreamBus(http, 'maestro-pubsub');
    await bus.publish(EVENTS_TOPIC, { id: 'poison', data: { tenant: 'x', rows: 'none' } });
    await http.close();
    const ids = await start(200, 2);
    for (const id of ids) await open.finished(id, 60_000);
    await expect.poll(() => same(ids), { timeout: PROMISED_MS }).toBe(ids.length);
    const letters =
      /^maestro_dead_letters_total\{topic="maestro-events",code="request.invalid"\} (\d+)$/m;
    await expect.poll(() => metric(letters), { timeout: 20_000 }).toBe(1);
  });

  it('its database is away: the runtime goes on, and all events are there within a minute after', async () => {
    const before = await late();
    const ids = await start(AWAY_MS / 10, 9);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const { port } = database;
    await database.process.kill9();
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
    for (const id of ids) await open.finished(id, 30_000);
    database = await startPostgres({ dataDir: folder, port });
    const back = performance.now();
    await expect
      .poll(() => same(ids).catch(() => 0), { timeout: PROMISED_MS, interval: 250 })
      .toBe(ids.length);
    console.log(
      `away for ${AWAY_MS / 1000} s; all there ${Math.round(performance.now() - back)} ms after`,
    );
    expect((await late()) - before, 'the lag is measured').toBeGreaterThan(0);
  }, 900_000);
});
