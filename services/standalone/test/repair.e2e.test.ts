import { upcast } from '@maestro/core';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inParallel } from './support/in-parallel.ts';
import {
  finishedLog,
  goalOf,
  repository,
  startStandalone,
  type RunningStandalone,
} from './support/running-standalone.ts';
import { serversFor } from './support/servers.ts';
import { atScale } from './support/test-scale.ts';

const run = promisify(execFile);

/** One of the sleepers is due before the repair, the next one after it, and so on. */
interface Sleeper {
  readonly id: string;
  readonly dueMs: number;
}

/** `maestro repair` as a process of its own. */
async function repair(
  { baseUrl, dataDir }: RunningStandalone,
  ...options: readonly string[]
): Promise<Record<string, unknown>> {
  const { stdout } = await run(
    process.execPath,
    [path.join(repository, 'cli/bin/maestro.js'), 'repair', '--rearm', '--json', ...options],
    { env: { ...process.env, MAESTRO_API: baseUrl, MAESTRO_DATA_DIR: dataDir, MAESTRO_TOKEN: '' } },
  );
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Puts continuations to sleep: every second one until `soonMs`, the others until `laterMs`, each spread over 2 s. */
async function putToSleep(
  { client }: RunningStandalone,
  count: number,
  { soonMs, laterMs }: { readonly soonMs: number; readonly laterMs: number },
): Promise<readonly Sleeper[]> {
  const indexes = Array.from({ length: count }, (_, index) => index);
  return await inParallel(indexes, 32, async (index) => {
    const dueMs = (index % 2 === 0 ? soonMs : laterMs) + Math.round((index / count) * 2_000);
    const goal = goalOf('noop@1', { wakeAt: new Date(dueMs).toISOString() });
    return { id: (await client.start(goal)).id, dueMs };
  });
}

/** Loses all reminders of sleepers, repairs them, and checks that each wakes once, never early. */
async function loseAndRepair(
  running: RunningStandalone,
  sleepers: number,
  storeOf: (running: RunningStandalone) => readonly string[],
): Promise<void> {
  const { client, stack } = running;
  // Time to start them, and then to lose the scheduler before the first is due.
  const soonMs = Date.now() + 8_000 + sleepers * 25;
  // Still asleep when the repair is over, whatever the machine is busy with.
  const laterMs = soonMs + 20_000 + sleepers * 25;
  const asleep = await putToSleep(running, sleepers, { soonMs, laterMs });
  await stack.controlPlane.restartScheduler({ wipe: true });
  expect(Date.now(), 'the reminders are lost before one is due').toBeLessThan(soonMs);
  await new Promise((resolve) => setTimeout(resolve, soonMs + 4_000 - Date.now()));
  const views = await inParallel(asleep, 16, ({ id }) => client.get(id));
  expect(new Set(views.map(({ status }) => status)), 'nobody has woken').toEqual(
    new Set(['sleeping']),
  );

  const startedAtMs = Date.now();
  const report = await repair(running, ...storeOf(running));
  const repairedAtMs = Date.now();
  expect(report).toMatchObject({ unfinished: sleepers, rearmed: sleepers, failed: 0 });
  expect(repairedAtMs, 'half of them are due after the repair').toBeLessThan(laterMs);

  const lateMs = await inParallel(asleep, 8, async ({ id, dueMs }) => {
    const events = (await finishedLog(client, id, 90_000)).map((event) => upcast(event));
    expect(events.at(-1)?.type).toBe('publish');
    const wakes = events.flatMap(({ type, payload, at }) =>
      type === 'wake' && payload.waitId !== null ? [Date.parse(at)] : [],
    );
    expect(wakes, `${id} wakes once`).toHaveLength(1);
    const [wokeMs = 0] = wakes;
    expect(wokeMs).toBeGreaterThanOrEqual(dueMs);
    // What was due before counts from the repair.
    return wokeMs - Math.max(dueMs, startedAtMs);
  });
  lateMs.sort((a, b) => a - b);
  console.log(
    `repair of ${sleepers}: ${repairedAtMs - startedAtMs} ms; woken late by p50 ${lateMs[Math.floor(sleepers / 2)]} ms, at most ${lateMs.at(-1)} ms`,
  );
  expect(lateMs.at(-1)).toBeLessThan(60_000);
  // Once more: there is nothing left to do.
  expect(await repair(running, ...storeOf(running))).toMatchObject({ unfinished: 0, rearmed: 0 });
}

describe("the scheduler's data is lost, and maestro repair --rearm arms everything anew", () => {
  const onSqlite = atScale({ short: 200, full: 1000 });
  it(`on SQLite, ${onSqlite} sleepers`, { timeout: 400_000 }, async () => {
    const running = await startStandalone();
    onTestFinished(() => running.close());
    await loseAndRepair(running, onSqlite, ({ dataDir }) => [
      '--sqlite',
      path.join(dataDir, 'state.db'),
    ]);
  });

  const { title, skipped } = serversFor('on PostgreSQL', ['postgres', 'redis']);
  const onPostgres = atScale({ short: 50, full: 1000 });
  it.skipIf(skipped)(`${title}, ${onPostgres} sleepers`, { timeout: 400_000 }, async () => {
    const running = await startStandalone({ components: 'postgres' });
    onTestFinished(() => running.close());
    await loseAndRepair(running, onPostgres, ({ backends }) => [
      '--postgres',
      backends?.env.MAESTRO_POSTGRES ?? '',
    ]);
  });
});
