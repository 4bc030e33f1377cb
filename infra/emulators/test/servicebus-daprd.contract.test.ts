import {
  ensureDapr,
  startControlPlane,
  startSidecar,
  writeOverlaid,
  type Sidecar,
} from '@maestro/infra-dapr';
import { EventEmitter, once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  startEmulatorProcess,
  type EmulatorProcess,
} from './servicebus-support/emulator-process.ts';
import { startEventApp, type EventApp } from './servicebus-support/event-app.ts';

const PUBSUB = 'maestro-pubsub';
const APP_ID = 'bus-contract';
const COMPONENT = fileURLToPath(new URL('../../../components/azure/pubsub.yaml', import.meta.url));
const FIRST_BUILD_MS = 900_000;
const HEALTHY_IN_MS = 60_000;
const LOCK_MS = 3000;
/** The component waits 2 s and more before it connects again. */
const RECONNECT_MS = 45_000;

describe('daprd with pubsub.azure.servicebus.topics on the emulator', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'maestro-servicebus-daprd-'));
  const ends: (() => Promise<unknown>)[] = [];
  let emulator: EmulatorProcess;
  let app: EventApp;
  let sidecar: Sidecar;

  beforeAll(async () => {
    const binaries = await ensureDapr();
    const subscriptions = { [APP_ID]: { lockDurationMs: LOCK_MS, maxDeliveryCount: 5 } };
    emulator = await startEmulatorProcess(join(dataDir, 'servicebus'), {
      topics: {
        events: { subscriptions },
        poison: { subscriptions },
        'poison-dead': { subscriptions },
        sessions: {
          subscriptions: { [APP_ID]: { requiresSession: true, lockDurationMs: 30_000 } },
        },
      },
    });
    ends.push(() => emulator.stop());
    app = await startEventApp(PUBSUB, [
      { topic: 'events' },
      { topic: 'poison', deadLetterTopic: 'poison-dead' },
      { topic: 'poison-dead' },
      {
        topic: 'sessions',
        metadata: { requireSessions: 'true', maxConcurrentSessions: '2' },
      },
    ]);
    ends.push(() => app.stop());
    const shipped = join(dataDir, 'shipped');
    mkdirSync(shipped);
    copyFileSync(COMPONENT, join(shipped, 'pubsub.yaml'));
    const components = join(dataDir, 'components');
    const { connectionString } = emulator;
    const overlay = { set: { connectionString }, unset: ['namespaceName', 'azureClientId'] };
    writeOverlaid(shipped, { [PUBSUB]: overlay }, components);
    const controlPlane = await startControlPlane({ binaries, dataDir });
    ends.push(() => controlPlane.stop());
    sidecar = await startSidecar({
      binaries,
      appId: APP_ID,
      appPort: app.port,
      resourcesPaths: [components],
      controlPlane,
      dataDir,
      env: {},
    });
    ends.push(() => sidecar.stop());
    await sidecar.waitHealthy(HEALTHY_IN_MS);
  }, FIRST_BUILD_MS);

  afterAll(async () => {
    for (const end of ends.reverse()) await end();
    rmSync(dataDir, { recursive: true });
  });

  beforeEach(() => {
    app.handle = () => 200;
  });

  async function post(path: string, body: string): Promise<Response> {
    return await fetch(`http://127.0.0.1:${sidecar.httpPort}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
  }

  const publish = async (topic: string, data: string): Promise<number> => {
    const { status } = await post(`v1.0/publish/${PUBSUB}/${topic}`, JSON.stringify(data));
    return status;
  };

  const received = (topic: string, data: string): number =>
    app.events.filter((event) => event.topic === topic && event.data === data).length;

  it('brings an event from a publisher to the application, once', async () => {
    expect(await publish('events', 'one')).toBe(204);
    await expect.poll(() => received('events', 'one'), { timeout: RECONNECT_MS }).toBe(1);
  });

  it('refuses a topic that is not there', async () => {
    expect(await publish('nowhere', 'lost')).toBe(500);
  });

  it('brings events that were published in bulk', async () => {
    const names = Array.from({ length: 50 }, (_, n) => `bulk-${n}`);
    const entries = names.map((name) => ({
      entryId: name,
      event: name,
      contentType: 'text/plain',
    }));
    const { status } = await post(
      `v1.0-alpha1/publish/bulk/${PUBSUB}/events`,
      JSON.stringify(entries),
    );
    expect(status).toBe(204);
    await expect
      .poll(() => names.filter((name) => received('events', name) === 1).length, {
        timeout: 10_000,
      })
      .toBe(names.length);
  });

  it('brings an event again when its handler failed', async () => {
    app.handle = ({ data }) => (data === 'twice' && received('events', 'twice') < 2 ? 500 : 200);
    expect(await publish('events', 'twice')).toBe(204);
    await expect.poll(() => received('events', 'twice'), { timeout: 10_000 }).toBe(2);
  });

  it('gives up an event after the subscription’s deliveries', async () => {
    app.handle = ({ data }) => (data === 'never' ? 500 : 200);
    expect(await publish('events', 'never')).toBe(204);
    expect(await publish('events', 'after never')).toBe(204);
    await expect.poll(() => received('events', 'after never'), { timeout: 10_000 }).toBe(1);
    await expect.poll(() => received('events', 'never'), { timeout: 10_000 }).toBe(5);
    expect(await publish('events', 'later')).toBe(204);
    await expect.poll(() => received('events', 'later'), { timeout: 10_000 }).toBe(1);
    expect(received('events', 'never')).toBe(5);
  });

  it('brings what a handler refuses to the dead-letter topic', async () => {
    app.handle = ({ topic }) => (topic === 'poison' ? 500 : 200);
    expect(await publish('poison', 'bad')).toBe(204);
    await expect.poll(() => received('poison-dead', 'bad'), { timeout: 10_000 }).toBe(1);
  });

  it('brings the events of a session one after the other', async () => {
    app.handle = async ({ topic, data }) => {
      const isFirst = topic === 'sessions' && data === 'A-1' && received(topic, data) === 1;
      return isFirst ? 500 : 200;
    };
    for (const data of ['A-1', 'B-1', 'A-2', 'B-2', 'A-3']) {
      const path = `v1.0/publish/${PUBSUB}/sessions?metadata.SessionId=${data.slice(0, 1)}`;
      expect((await post(path, JSON.stringify(data))).status).toBe(204);
    }
    const inOrder = (session: string): string[] =>
      app.events
        .filter(({ topic, data }) => topic === 'sessions' && data.startsWith(session))
        .map(({ data }) => data);
    await expect.poll(() => inOrder('B'), { timeout: 10_000 }).toEqual(['B-1', 'B-2']);
    await expect.poll(() => inOrder('A').at(-1), { timeout: 10_000 }).toBe('A-3');
    expect(inOrder('A').slice(0, 2)).toEqual(['A-1', 'A-1']);
  });

  it('brings an event again after its lock when daprd is killed while it is handled', async () => {
    const gate = new EventEmitter();
    app.handle = async ({ data }) => {
      if (data === 'in flight' && received('events', data) === 1) await once(gate, 'open');
      return 200;
    };
    expect(await publish('events', 'in flight')).toBe(204);
    await expect.poll(() => received('events', 'in flight'), { timeout: 10_000 }).toBe(1);
    await sidecar.process.kill9();
    gate.emit('open');
    await sidecar.restart();
    await sidecar.waitHealthy(HEALTHY_IN_MS);
    await expect.poll(() => received('events', 'in flight'), { timeout: RECONNECT_MS }).toBe(2);
  });

  it('loses no event that was acknowledged when the emulator is killed, and daprd connects again', async () => {
    const acknowledged: string[] = [];
    const over = new AbortController();
    const publishers = Array.from({ length: 4 }, async (_, publisher) => {
      for (let n = 0; !over.signal.aborted; n += 1) {
        const data = `run-${publisher}-${n}`;
        if ((await publish('events', data)) === 204) acknowledged.push(data);
      }
    });
    await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(100);
    await emulator.kill9();
    const before = acknowledged.length;
    await emulator.start();
    await expect
      .poll(() => acknowledged.length, { timeout: RECONNECT_MS })
      .toBeGreaterThan(before + 100);
    over.abort();
    await Promise.all(publishers);
    const missing = (): string[] => {
      const seen = new Set(app.events.map(({ data }) => data));
      return acknowledged.filter((data) => !seen.has(data));
    };
    await expect.poll(missing, { timeout: RECONNECT_MS }).toEqual([]);
  }, 150_000);
});
