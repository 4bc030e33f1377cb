import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { CosmosClient } from '@azure/cosmos';
import { connectStore, SidecarHttp, type FencedStore } from '@maestro/actors';
import {
  deriveContinuationId,
  type ContinuationRef,
  type ContinuationState,
  type LogCommit,
} from '@maestro/core';
import { sampleCommit, type SampleCommit } from '@maestro/core/testing';
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
  load = async (name: string): Promise<string | undefined> => this.#values.get(name);
  save = async (name: string, value: string): Promise<void> => void this.#values.set(name, value);
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
      const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
      const access = { endpoint: url, region: 'us-east-1', credentials };
      return new DynamoDbStreamFeed({
        tables: new DynamoDBClient(access),
        streams: new DynamoDBStreamsClient(access),
        table: 'maestro-continuations',
        checkpoints,
      });
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

function newRef(): ContinuationRef {
  return { tenant: 'feed', id: deriveContinuationId('feed', `${Date.now()}-${made++}`) };
}

/** The commits of a log of several turns, three events each. */
function commitsOf(ref: ContinuationRef, commits: number): readonly LogCommit[] {
  let state: ContinuationState | null = null;
  return Array.from({ length: commits }, (_, index) => {
    const sample: SampleCommit = sampleCommit(ref, state, { commitId: `a.${index}`, events: 3 });
    state = sample.state;
    return sample.commit;
  });
}

/** Commits a log of several turns. @returns its rows. */
async function writeLog(
  store: FencedStore,
  commits: number,
): Promise<readonly [ContinuationRef, readonly string[]]> {
  const ref = newRef();
  const log = commitsOf(ref, commits);
  for (const commit of log) expect(await store.commit(commit)).toBe('committed');
  return [ref, log.flatMap(({ entries }) => entries)];
}

/** Has a reader follow a feed until something holds: a stream may show a write a moment later. */
async function pollUntil(feed: ChangeFeed, reader: EventReader, done: () => boolean) {
  for (let polls = 0; polls < 100 && !done(); polls++) {
    const found = await feed.poll((end) => reader.readTo(end));
    if (found === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(done()).toBe(true);
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
      await pollUntil(feed, reader, () => reader.counts.appended >= 300);
      for (const [ref, rows] of logs) expect(sink.rows.get(ref.id)).toEqual(rows);
    });

    it('goes on from its checkpoint, and repeats what was not taken', async () => {
      const checkpoints = new MemoryCheckpoints();
      const sink = new MemorySink();
      const reader = new EventReader(open.store, sink);
      await open.feedWith(checkpoints).poll((end) => reader.readTo(end));
      const known = reader.counts.appended;
      const logs = [await writeLog(open.store, 2), await writeLog(open.store, 2)];
      let taken = 0;
      const dying = open.feedWith(checkpoints).poll(async (end) => {
        if (++taken > 1) throw new Error('the consumer dies');
        await reader.readTo(end);
      });
      await expect(dying).rejects.toThrow('the consumer dies');
      // Another process, with the checkpoints that were saved.
      const again = await open.feedWith(checkpoints).poll((end) => reader.readTo(end));
      expect(again).toBeLessThanOrEqual(4);
      for (const [ref, rows] of logs) expect(sink.rows.get(ref.id)).toEqual(rows);
      expect(reader.counts.appended).toBe(known + 12);
      expect(await open.feedWith(checkpoints).poll((end) => reader.readTo(end))).toBe(0);
    });

    it('makes a publish good that was lost, and hands nothing on twice', async () => {
      const feed = open.feedWith(new MemoryCheckpoints());
      await feed.poll(async () => undefined);
      const sink = new MemorySink();
      const reader = new EventReader(open.store, sink);
      const ref = newRef();
      const log = commitsOf(ref, 4);
      const message = ({ from, entries }: LogCommit) => ({
        tenant: ref.tenant,
        continuation: ref.id,
        from: from + 1,
        to: from + entries.length,
        rows: entries,
      });
      for (const commit of log) {
        expect(await open.store.commit(commit)).toBe('committed');
        if (commit !== log.at(-1)) await reader.take(message(commit));
      }
      expect(reader.counts).toEqual({ appended: 9, known: 0, repaired: 0 });
      await pollUntil(feed, reader, () => reader.counts.appended >= 12);
      expect(reader.counts).toEqual({ appended: 12, known: 0, repaired: 3 });
      // The broker finds it after all.
      await Promise.all(log.slice(-1).map((commit) => reader.take(message(commit))));
      expect(reader.counts).toEqual({ appended: 12, known: 3, repaired: 3 });
      expect([...sink.rows]).toEqual([[ref.id, log.flatMap(({ entries }) => entries)]]);
    });

    it('hands on nothing of an import until it is finished', async () => {
      const feed = open.feedWith(new MemoryCheckpoints());
      await feed.poll(async () => undefined);
      const sink = new MemorySink();
      const reader = new EventReader(open.store, sink);
      const ref = newRef();
      const log = commitsOf(ref, 2);
      const entries = log.flatMap((commit) => commit.entries);
      expect(await open.store.restore({ ref, from: 1, entries })).toBe('restored');
      const [later] = await writeLog(open.store, 1);
      await pollUntil(feed, reader, () => sink.rows.has(later.id));
      expect(sink.rows.has(ref.id)).toBe(false);
      const head = log.at(-1)?.head ?? '';
      expect(await open.store.restore({ ref, from: 7, entries: [], head })).toBe('restored');
      await pollUntil(feed, reader, () => sink.rows.has(ref.id));
      expect(sink.rows.get(ref.id)).toEqual(entries);
    });
  });
}
