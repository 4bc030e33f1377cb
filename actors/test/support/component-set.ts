import {
  connectStore,
  DaprBlobStore,
  DaprScheduler,
  DaprStreamBus,
  deadLetterTopicOf,
  SidecarHttp,
  systemClock,
} from '@maestro/actors';
import {
  actorIdOf,
  CONTINUATION_ACTOR_TYPE,
  MaestroError,
  type BusMessage,
  type ContinuationRef,
} from '@maestro/core';
import {
  ensureDapr,
  freePorts,
  setFolder,
  startControlPlane,
  startSetBackends,
  startSidecar,
  type ComponentSetName,
  type SetBackends,
} from '@maestro/infra-dapr';
import express from 'express';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The topic of the suites. */
export const TOPIC = 'contract';
const APP_ID = 'contract';

/** A component set with real sidecars in front of it, and an app in this process behind the first of them. */
export interface OpenComponentSet {
  readonly backends: SetBackends;
  /** HTTP port of the first sidecar. */
  readonly httpPort: number;
  readonly stores: readonly ReturnType<typeof connectStore>[];
  readonly scheduler: DaprScheduler;
  readonly bus: DaprStreamBus | undefined;
  readonly blobs: DaprBlobStore;
  readonly received: readonly BusMessage[];
  readonly fired: (ref: ContinuationRef) => readonly string[];
  /** Makes the next callbacks of one kind fail. */
  readonly failNext: (kind: 'reminder' | 'message' | 'poison', count: number) => void;
  readonly deadLetters: readonly BusMessage[];
  readonly close: () => Promise<void>;
}

/** Starts a control plane, the servers that the set needs, and two sidecars on the same components. */
export async function openComponentSet(set: ComponentSetName): Promise<OpenComponentSet> {
  const dataDir = await mkdtemp(path.join(tmpdir(), `maestro-contract-${set}-`));
  const binaries = await ensureDapr();
  const backends = await startSetBackends(set, {
    dataDir,
    serviceBus: {
      topics: [TOPIC, deadLetterTopicOf(TOPIC)],
      subscriptions: [APP_ID],
    },
  });
  const env = {
    MAESTRO_SQLITE: path.join(dataDir, 'state.db'),
    MAESTRO_BLOBS: path.join(dataDir, 'blobs'),
    ...backends.env,
  };
  const folder = setFolder(set, backends, dataDir);
  const controlPlane = await startControlPlane({ binaries, dataDir });
  const [appPort = 0] = await freePorts(1);

  const fired = new Map<string, string[]>();
  const received: BusMessage[] = [];
  const deadLetters: BusMessage[] = [];
  const failures = { reminder: 0, message: 0, poison: 0 };
  const app = express();
  app.get('/healthz', (_request, response) => void response.json({}));
  app.get(
    '/dapr/config',
    (_request, response) => void response.json({ entities: [CONTINUATION_ACTOR_TYPE] }),
  );
  app.put('/actors/:type/:id/method/remind/:name', (request, response) => {
    if (failures.reminder-- > 0) return void response.status(500).end();
    const { id, name } = request.params;
    fired.set(id, [...(fired.get(id) ?? []), name]);
    response.status(200).end();
  });
  app.delete('/actors/:type/:id', (_request, response) => void response.status(200).end());

  const common = {
    binaries,
    controlPlane,
    dataDir,
    env,
    resourcesPaths: [folder],
    configPath: path.join(folder, 'configuration.yaml'),
  };
  const [httpPort = 0, grpcPort = 0] = await freePorts(2);
  const http = new SidecarHttp(httpPort);
  const bus = set === 'local' ? undefined : new DaprStreamBus(http, 'maestro-pubsub');
  bus?.subscribe(TOPIC, async (message) => {
    if (failures.poison-- > 0) throw new MaestroError('request.invalid', 'poisoned');
    if (failures.message-- > 0) throw new Error('a failing subscriber');
    received.push(message);
  });
  bus?.subscribe(deadLetterTopicOf(TOPIC), async (message) => void deadLetters.push(message));
  if (bus) app.use(bus.routes());
  const server = app.listen(appPort, '127.0.0.1');
  const sidecar = await startSidecar({ ...common, appId: APP_ID, appPort, httpPort, grpcPort });
  const second = await startSidecar({ ...common, appId: `${APP_ID}-second` });
  await sidecar.waitHealthy(60_000);
  await sidecar.waitActorTypes([CONTINUATION_ACTOR_TYPE], 30_000);
  await second.waitHealthy(60_000);
  const secondHttp = new SidecarHttp(second.httpPort);
  const scheduler = new DaprScheduler(sidecar.grpcPort, systemClock);

  return {
    backends,
    httpPort,
    stores: [connectStore(http, 'maestro-state'), connectStore(secondHttp, 'maestro-state')],
    scheduler,
    bus,
    blobs: new DaprBlobStore(http, 'maestro-blobs'),
    received,
    deadLetters,
    fired: (ref) => fired.get(actorIdOf(ref)) ?? [],
    failNext: (kind, count) => {
      failures[kind] = count;
    },
    close: async () => {
      scheduler.close();
      await Promise.all([http.close(), secondHttp.close(), second.stop(), sidecar.stop()]);
      server.close();
      server.closeAllConnections();
      await controlPlane.stop();
      await backends.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
