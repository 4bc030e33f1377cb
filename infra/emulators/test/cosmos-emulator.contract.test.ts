import { CosmosClient } from '@azure/cosmos';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { startCosmosEmulator, type CosmosEmulator } from '../src/cosmos/index.ts';
import { isRealAccount } from './cosmos-support/cosmos-endpoint.ts';

const MAIN = fileURLToPath(new URL('../dist/cosmos/main.js', import.meta.url));
const SEED = 'db/rows:/pk';

function connect({ url, key }: { url: string; key: string }): CosmosClient {
  const retryOptions = { maxRetryAttemptCount: 0, maxWaitTimeInSeconds: 0 };
  return new CosmosClient({ endpoint: url, key, connectionPolicy: { retryOptions } });
}

const reason = 'a real account has no such controls';

describe.skipIf(isRealAccount)(`the emulator's own controls (${reason})`, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'maestro-cosmos-'));
  const ends: (() => Promise<unknown> | void)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  afterAll(() => rmSync(dataDir, { recursive: true }));

  async function start(options: Parameters<typeof startCosmosEmulator>[0] = {}) {
    const emulator = await startCosmosEmulator({ seed: SEED, ...options });
    ends.push(() => emulator.stop());
    return emulator;
  }

  function rowsOf(emulator: Pick<CosmosEmulator, 'url' | 'key'>) {
    const client = connect(emulator);
    ends.push(() => client.dispose());
    return client.database('db').container('rows');
  }

  it('refuses requests about items with 429 while it throttles, and no others', async () => {
    const emulator = await start();
    const rows = rowsOf(emulator);
    emulator.throttle(60_000);
    const refused = await rows.items.create({ id: 'a', pk: 'p' }).then(
      () => undefined,
      (error: Record<string, unknown>) => error,
    );
    expect(refused).toMatchObject({ code: 429, substatus: 3200 });
    expect(Number(refused?.['retryAfterInMs'])).toBeGreaterThan(0);
    expect((await rows.read()).statusCode).toBe(200);
    emulator.throttle(0);
    expect((await rows.items.create({ id: 'a', pk: 'p' })).statusCode).toBe(201);
  });

  it('throttles on a POST to it, and the SDK tries until it is over', async () => {
    const emulator = await start();
    const client = new CosmosClient({ endpoint: emulator.url, key: emulator.key });
    ends.push(() => client.dispose());
    const throttle = (body: string): Promise<Response> =>
      fetch(new URL('_emulator/throttle', emulator.url), { method: 'POST', body });
    expect((await throttle('{"forMs":300}')).status).toBe(204);
    expect((await throttle('{}')).status).toBe(400);
    const began = performance.now();
    const { items } = client.database('db').container('rows');
    expect((await items.create({ id: 'a', pk: 'p' })).statusCode).toBe(201);
    expect(performance.now() - began).toBeGreaterThan(200);
  });

  it('keeps the data of a stopped emulator in its file: items, changes, containers', async () => {
    const dataFile = join(dataDir, 'restart.jsonl');
    const first = await startCosmosEmulator({ seed: SEED, dataFile });
    const before = rowsOf(first);
    const { resource } = await before.items.create({ id: 'kept', pk: 'p' });
    await before.items.create({ id: 'deleted', pk: 'p' });
    await before.item('deleted', 'p').delete();
    await before.items.upsert({ id: 'changed', pk: 'p', n: 1 });
    await before.items.upsert({ id: 'changed', pk: 'p', n: 2 });
    await before.database.containers.create({ id: 'other', partitionKey: { paths: ['/x'] } });
    await before.database.container('other').delete();
    await first.stop();

    const after = rowsOf(await start({ dataFile }));
    expect((await after.item('kept', 'p').read()).resource).toEqual(resource);
    expect((await after.item('deleted', 'p').read()).statusCode).toBe(404);
    expect((await after.item('changed', 'p').read()).resource).toMatchObject({ n: 2 });
    await expect(after.database.container('other').read()).rejects.toMatchObject({ code: 404 });
    const { resource: next } = await after.items.create({ id: 'next', pk: 'p' });
    expect(next?._rid).not.toBe(resource?._rid);
  });

  it('forgets a record of which the end was not written', async () => {
    const dataFile = join(dataDir, 'torn.jsonl');
    const first = await startCosmosEmulator({ seed: SEED, dataFile });
    await rowsOf(first).items.create({ id: 'whole', pk: 'p' });
    await first.stop();
    appendFileSync(dataFile, '{"of":"db","in":"rows","lsn":3,"removed":[],"written":[{"id":"to');

    const second = await startCosmosEmulator({ dataFile });
    await rowsOf(second).items.create({ id: 'later', pk: 'p' });
    await second.stop();
    const { resources } = await rowsOf(await start({ dataFile }))
      .items.readAll()
      .fetchAll();
    expect(resources.map(({ id }) => id)).toEqual(['whole', 'later']);
  });

  describe('as a process of its own', () => {
    const key = Buffer.from('a key for the process'.padEnd(64, '.')).toString('base64');
    const dataFile = join(dataDir, 'process.jsonl');

    async function spawnEmulator(): Promise<{ child: ChildProcess; url: string; key: string }> {
      expect(existsSync(MAIN), `${MAIN} is missing: run npx tsc -b infra/emulators`).toBe(true);
      const child = spawn(process.execPath, [MAIN], {
        env: { COSMOS_PORT: '0', COSMOS_KEY: key, COSMOS_DATA: dataFile, COSMOS_SEED: SEED },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      ends.push(() => void child.kill('SIGKILL'));
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      return { child, url: line.toString().replace('listening on ', '').trim(), key };
    }

    it('loses no acknowledged write when it is killed', async () => {
      const first = await spawnEmulator();
      const { items } = rowsOf(first);
      const acknowledged: string[] = [];
      const writers = Array.from({ length: 8 }, async (_, writer) => {
        for (let n = 0; ; n += 1) {
          const id = `${writer}-${n}`;
          await items.batch(
            ['', '-head'].map((suffix) => ({
              operationType: 'Create' as const,
              resourceBody: { id: `${id}${suffix}`, pk: 'p' },
            })),
            'p',
          );
          acknowledged.push(id);
          if (acknowledged.length === 200) first.child.kill('SIGKILL');
        }
      });
      await Promise.allSettled(writers);
      expect(acknowledged.length).toBeGreaterThanOrEqual(200);

      const again = rowsOf(await spawnEmulator());
      const { resources } = await again.items.readAll<{ id: string }>().fetchAll();
      const found = new Set(resources.map(({ id }) => id));
      expect(acknowledged.filter((id) => !found.has(id) || !found.has(`${id}-head`))).toEqual([]);
      const halves = [...found].filter((id) => !id.endsWith('-head') && !found.has(`${id}-head`));
      expect(halves).toEqual([]);
    });

    it('ends by itself on SIGTERM', async () => {
      const { child } = await spawnEmulator();
      child.kill('SIGTERM');
      const [code] = (await once(child, 'exit')) as [number | null];
      expect(code).toBe(0);
    });
  });
});
