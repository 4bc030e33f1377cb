import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  findPostgres,
  findRedis,
  startPostgresBackends,
  startPostgres,
  startStack,
  type Backends,
  type Stack,
} from '@maestro/infra-dapr';
import { callActor, eventually } from './support/sidecar-calls.ts';

const ECHO = fileURLToPath(new URL('./fixtures/echo-actor.mjs', import.meta.url));
const FIRST_BUILD_MS = 900_000;

const absent = [findPostgres(), findRedis()].flatMap((found) => (found.ok ? [] : [found]));
const reason = absent.map((found) => `${found.reason}, ${found.fix}`).join('; ');
// Skipped with its reason on a developer's machine; in CI the missing server is a failure.
const skipped = absent.length > 0 && process.env['CI'] === undefined;
const title = skipped ? `components/postgres (skipped: ${reason})` : 'components/postgres';

describe.skipIf(skipped)(title, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'maestro-postgres-'));
  let backends: Backends;
  let stack: Stack;

  beforeAll(async () => {
    backends = await startPostgresBackends({ dataDir });
    stack = await startStack({
      dataDir,
      components: 'postgres',
      env: backends.env,
      apps: [{ appId: 'echo', command: [process.execPath, ECHO] }],
    });
  }, FIRST_BUILD_MS);

  afterAll(async () => {
    await stack.stop();
    await backends.stop();
    rmSync(dataDir, { recursive: true });
  });

  it('hosts the actor types the application announces', async () => {
    const { httpPort } = stack.app('echo').sidecar;
    await expect(callActor(httpPort, 'a', 'echo')).resolves.toMatchObject({ actorId: 'a' });
  });

  it('writes a transaction to PostgreSQL and publishes to Redis', async () => {
    const url = `http://127.0.0.1:${stack.app('echo').sidecar.httpPort}/v1.0`;
    const headers = { 'content-type': 'application/json' };
    const operations = [{ operation: 'upsert', request: { key: 't:1:head', value: 'one' } }];
    const transaction = await fetch(`${url}/state/maestro-state/transaction`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ operations }),
    });
    expect(transaction.status).toBe(204);
    const read = await fetch(`${url}/state/maestro-state/t:1:head`);
    await expect(read.json()).resolves.toBe('one');
    await eventually(async () => {
      const published = await fetch(`${url}/publish/maestro-pubsub/maestro-events`, {
        method: 'POST',
        headers,
        body: '{}',
      });
      expect(published.status).toBe(204);
    });
  });

  it('has loaded the state, pub/sub and nothing unknown', async () => {
    const url = `http://127.0.0.1:${stack.app('echo').sidecar.httpPort}/v1.0/metadata`;
    const metadata: unknown = await (await fetch(url)).json();
    expect(metadata).toMatchObject({
      components: expect.arrayContaining([
        expect.objectContaining({ name: 'maestro-state', type: 'state.postgresql' }),
        expect.objectContaining({ name: 'maestro-pubsub', type: 'pubsub.redis' }),
      ]),
    });
  });
});

describe.skipIf(skipped)(`PostgreSQL of our own${skipped ? ` (skipped: ${reason})` : ''}`, () => {
  it('keeps its data over a restart, also where its account may not enter the folder', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'maestro-closed-'));
    // mkdtemp makes folders only their owner may enter, as /root is.
    expect(statSync(dataDir).mode & 0o077).toBe(0);
    const first = await startPostgres({ dataDir });
    await first.process.kill9();
    const second = await startPostgres({ dataDir, port: first.port });
    expect(second.connectionString).toBe(first.connectionString);
    await second.stop();
    expect(second.process.running).toBe(false);
    rmSync(dataDir, { recursive: true });
  });
});

it('names what is missing when the servers of components/postgres are not given', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'maestro-postgres-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const start = startStack({
    dataDir,
    components: 'postgres',
    env: { MAESTRO_POSTGRES: '', MAESTRO_REDIS: '' },
    apps: [{ appId: 'echo', command: [process.execPath, ECHO] }],
  });
  await expect(start).rejects.toThrow(/need MAESTRO_POSTGRES and MAESTRO_REDIS/);
});
