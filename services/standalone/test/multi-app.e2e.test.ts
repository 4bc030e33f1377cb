import { MaestroClient } from '@maestro/client';
import { mintDevToken } from '@maestro/client/dev-token';
import { LogVerifier, parseStoredEvent } from '@maestro/core';
import { ensureDapr, runFile, type Stack } from '@maestro/infra-dapr';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEventCollector, type EventCollector } from './support/event-collector.ts';
import { inParallel } from './support/in-parallel.ts';
import { copyRunFile } from './support/run-file-copy.ts';
import { finishedLog, goalOf, until } from './support/running-standalone.ts';
import { serversFor } from './support/servers.ts';
import { atScale } from './support/test-scale.ts';

const CONTINUATIONS = atScale({ short: 20, full: 40 });
const servers = serversFor('dapr.yaml: worker and API as separate apps on PostgreSQL and Redis', [
  'postgres',
  'redis',
]);

describe.skipIf(servers.skipped)(servers.title, () => {
  let dataDir: string;
  let stack: Stack;
  let collector: EventCollector;
  let client: MaestroClient;
  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-multi-'));
    const binaries = await ensureDapr();
    const { file, baseUrl } = await copyRunFile(dataDir);
    stack = await runFile(file, { dataDir, binaries, env: { MAESTRO_LOG_LEVEL: 'warn' } });
    collector = await startEventCollector(stack, { binaries, dataDir });
    client = new MaestroClient({
      baseUrl,
      token: await mintDevToken({
        keyFile: path.join(dataDir, 'dev-issuer.json'),
        tenant: 'e2e',
        subject: 'tester',
      }),
    });
  });
  afterAll(async () => {
    await collector?.close();
    await stack?.stop({ drainMs: 2_000 });
    await rm(dataDir, { recursive: true, force: true });
  });

  /** How many events of a log were delivered; those that were must be the log's own rows. */
  function delivered(id: string): number {
    const rows = [...collector.rowsOf(id)].sort(([a], [b]) => a - b);
    const verifier = new LogVerifier({ tenant: 'e2e', id });
    for (const [, row] of rows) {
      const fault = verifier.add(parseStoredEvent(row));
      if (fault) throw new Error(`delivered event ${fault.sequence} of ${id}: ${fault.message}`);
    }
    return verifier.position.sequence;
  }

  it('survives a kill -9 of the worker during the sleep, streams on, and delivers every event on the topic', async () => {
    const indexes = Array.from({ length: CONTINUATIONS }, (_, index) => index);
    // Some sleep through the kill, the others are in the middle of their ticks.
    const ids = await inParallel(indexes, 16, async (index) => {
      const goal =
        index % 2 === 0
          ? goalOf('noop@1', { sleepMs: 6_000 })
          : goalOf('countdown@1', { n: 20, everyMs: 400 });
      return (await client.start(goal)).id;
    });
    const [sleeper = ''] = ids;
    const streamed: number[] = [];
    const following = (async () => {
      for await (const event of client.follow(sleeper)) streamed.push(event.sequence);
    })();
    await until('the stream has begun', async () => streamed.length >= 4, 10_000);
    expect((await client.get(sleeper)).status).toBe('sleeping');
    const worker = stack.app('maestro-worker');
    await worker.kill9();
    expect((await client.get(sleeper)).status, 'the API answers without a worker').toBe('sleeping');
    await worker.restart();

    const logs = await inParallel(ids, 4, (id) => finishedLog(client, id, 120_000));
    await following;
    expect(streamed).toEqual([1, 2, 3, 4, 5, 6, 7]);
    for (const events of logs) expect(events.at(-1)?.type).toBe('publish');
    expect(logs.some((events) => (events.at(-1)?.generation ?? 0) > 1)).toBe(true);

    const lengths = logs.map((events) => events.length);
    await until(
      'every event has been delivered',
      async () => ids.every((id, index) => collector.rowsOf(id).size === lengths[index]),
      60_000,
    );
    expect(ids.map(delivered)).toEqual(lengths);
    expect(collector.changed).toEqual([]);
    console.log(
      `topic: ${lengths.reduce((sum, length) => sum + length, 0)} events of ${CONTINUATIONS} continuations in ${collector.messages} messages`,
    );
  });

  it('delivers what was committed while the broker was away', async () => {
    const redis = stack.processes().find(({ name }) => name === 'redis');
    const { id } = await client.start(goalOf('countdown@1', { n: 12, everyMs: 500 }));
    expect(redis).toBeDefined();
    redis?.signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    redis?.signal('SIGCONT');
    const events = await finishedLog(client, id, 120_000);
    await until(
      'every event has been delivered',
      async () => collector.rowsOf(id).size === events.length,
      60_000,
    );
    expect(delivered(id)).toBe(events.length);
  });
});
