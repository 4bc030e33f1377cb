import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { CosmosClient } from '@azure/cosmos';
import { connectStore, SidecarHttp, type FencedStore } from '@maestro/actors';
import { deriveContinuationId, type ContinuationRef } from '@maestro/core';
import { sampleCommit } from '@maestro/core/testing';
import {
  awsOverlay,
  azureOverlay,
  ensureDapr,
  startControlPlane,
  startCosmos,
  startDynamoDb,
  startSidecar,
  writeOverlaid,
} from '@maestro/infra-dapr';
import {
  CosmosChangeFeed,
  DynamoDbStreamFeed,
  EventReader,
  type ChangeFeed,
  type Checkpoints,
  type EventSink,
} from '@maestro/warehouse';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const repository = path.resolve(import.meta.dirname, '../../..');

/** A store behind a real daprd, and its feed. */
interface OpenFeed {
  readonly store: FencedStore;
  readonly feedWith: (checkpoints: Checkpoints) => ChangeFeed;
  close(): Promise<void>;
}

class MemoryCheckpoints implements Checkpoints {
  readonly #values = new Map<string, string>();
  saved = 0;
  load = async (name: string): Promise<string | undefined> => this.#values.get(name);
  save = async (name: string, value: string): Promise<void> => {
    this.saved++;
    this.#values.set(name, value);
  };
}

class MemorySink implements EventSink {
  readonly rows = new Map<string, string[]>();
  position = async ({ id }: ContinuationRef): Promise<number> => this.rows.get(id)?.length ?? 0;
  append = async (
    { id }: ContinuationRef,
    from: number,
    rows: readonly string[],
  ): Promise<void> => {
    const known = this.rows.get(id) ?? [];
    if (from !== known.length + 1) throw new Error(`${from} does not follow on ${known.length}`);
    this.rows.set(id, [...known, ...rows]);
  };
}

async function openFeed(set: 'azure' | 'aws'): Promise<OpenFeed> {
  const dataDir = await mkdtemp(path.join(tmpdir(), `maestro-feed-${set}-`));
  const server = set === 'aws' ? await startDynamoDb({ dataDir }) : await startCosmos({ dataDir });
  const url = `http://127.0.0.1:${server.port}`;
  const overlay = set === 'aws' ? awsOverlay(server.port, 1) : azureOverlay(1, 1);
  const folder = path.join(dataDir, 'components');
  writeOverlaid(path.join(repository, 'components', set), overlay, folder);
  for (const file of await readdir(folder)) {
    if (file !== 'state.yaml') await rm(path.join(folder, file));
  }
  const binaries = await ensureDapr();
  const controlPlane = await startControlPlane({ binaries, dataDir });
  const sidecar = await startSidecar({
    binaries,
    controlPlane,
    appId: 'feed',
    dataDir,
    env: { MAESTRO_AWS_REGION: 'us-east-1', MAESTRO_COSMOS_URL: url },
    resourcesPaths: [folder],
  });
  await sidecar.waitHealthy(60_000);
  const http = new SidecarHttp(sidecar.httpPort);
  const feedWith = (checkpoints: Checkpoints): ChangeFeed => {
    if (set === 'aws') {
      const client = new DynamoDBStreamsClient({
        endpoint: url,
        region: 'us-east-1',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      });
      return new DynamoDbStreamFeed(client, 'maestro-continuations', checkpoints);
    }
    const key = overlay['maestro-state']?.set?.['masterKey'] ?? '';
    const container = new CosmosClient({ endpoint: url, key })
      .database('maestro')
      .container('continuations');
    return new CosmosChangeFeed(container, checkpoints);
  };
  return {
    store: connectStore(http, 'maestro-state'),
    feedWith,
    close: async () => {
      await http.close();
      await sidecar.stop();
      await controlPlane.stop();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

let made = 0;

/** Commits a log of several turns. @returns its rows. */
async function writeLog(
  store: FencedStore,
  commits: number,
): Promise<readonly [ContinuationRef, readonly string[]]> {
  const ref = { tenant: 'feed', id: deriveContinuationId('feed', `${Date.now()}-${made++}`) };
  const rows: string[] = [];
  let state = null;
  for (let index = 0; index < commits; index++) {
    const { commit, state: next } = sampleCommit(ref, state, { commitId: `a.${index}`, events: 3 });
    expect(await store.commit(commit)).toBe('committed');
    rows.push(...commit.entries);
    state = next;
  }
  return [ref, rows];
}

for (const set of ['azure', 'aws'] as const) {
  describe(`the change feed of ${set}`, () => {
    let open: OpenFeed;
    beforeAll(async () => {
      open = await openFeed(set);
    }, 300_000);
    afterAll(() => open?.close());

    it('brings every event although nothing was published, once and in order', async () => {
      const logs = await Promise.all(Array.from({ length: 20 }, () => writeLog(open.store, 5)));
      const sink = new MemorySink();
      const reader = new EventReader(open.store, sink);
      const feed = open.feedWith(new MemoryCheckpoints());
      for (let polls = 0; polls < 20 && reader.counts.appended < 300; polls++)
        await feed.poll((rows) => reader.take(rows));
      for (const [ref, rows] of logs) expect(sink.rows.get(ref.id)).toEqual(rows);
    });

    it('goes on from its checkpoint, and repeats what was not taken', async () => {
      const checkpoints = new MemoryCheckpoints();
      const sink = new MemorySink();
      const reader = new EventReader(open.store, sink);
      await open.feedWith(checkpoints).poll((rows) => reader.take(rows));
      const known = reader.counts.appended;
      const [ref, rows] = await writeLog(open.store, 4);
      let taken = 0;
      const dying = open.feedWith(checkpoints).poll(async (more) => {
        if (++taken > 5) throw new Error('the consumer dies');
        await reader.take(more);
      });
      await expect(dying).rejects.toThrow('the consumer dies');
      // Another process, with the checkpoints that were saved.
      const again = await open.feedWith(checkpoints).poll((more) => reader.take(more));
      expect(again).toBeLessThanOrEqual(12);
      expect(sink.rows.get(ref.id)).toEqual(rows);
      expect(reader.counts.appended).toBe(known + 12);
      expect(await open.feedWith(checkpoints).poll((more) => reader.take(more))).toBe(0);
    });
  });
}
