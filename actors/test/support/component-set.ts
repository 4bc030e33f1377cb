import {
  ensureDapr,
  findPostgres,
  findRedis,
  freePorts,
  startBackends,
  startControlPlane,
  startSidecar,
} from '@maestro/infra-dapr';
import {
  CONTINUATION_ACTOR_TYPE,
  type BusMessage,
  type ContinuationRef,
  actorIdOf,
} from '@maestro/core';
import {
  connectStore,
  DaprScheduler,
  DaprStreamBus,
  SidecarHttp,
  systemClock,
} from '@maestro/actors';
import express from 'express';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A component set with real sidecars in front of it, and an app in this process behind the first of them. */
export interface OpenComponentSet {
  readonly stores: readonly ReturnType<typeof connectStore>[];
  readonly scheduler: DaprScheduler;
  readonly bus: DaprStreamBus | undefined;
  readonly received: readonly BusMessage[];
  readonly fired: (ref: ContinuationRef) => readonly string[];
  /** Makes the next callbacks of one kind fail. */
  readonly failNext: (kind: 'reminder' | 'message', count: number) => void;
  readonly close: () => Promise<void>;
}

/** Why a component set cannot run here; undefined when it can. */
export function missingFor(set: 'local' | 'postgres'): string | undefined {
  if (set === 'local') return undefined;
  const postgres = findPostgres();
  const redis = findRedis();
  if (!postgres.ok) return postgres.reason;
  return redis.ok ? undefined : redis.reason;
}

/** Starts a control plane, the servers that the set needs, and two sidecars on the same components. */
export async function openComponentSet(set: 'local' | 'postgres'): Promise<OpenComponentSet> {
  const dataDir = await mkdtemp(path.join(tmpdir(), `maestro-contract-${set}-`));
  const binaries = await ensureDapr();
  const backends = set === 'postgres' ? await startBackends({ dataDir }) : undefined;
  const env = {
    DAPR_HOST_IP: '127.0.0.1',
    MAESTRO_SQLITE: path.join(dataDir, 'state.db'),
    ...backends?.env,
  };
  const folder = path.resolve(import.meta.dirname, '../../../components', set);
  const controlPlane = await startControlPlane({ binaries, dataDir });
  const [appPort = 0] = await freePorts(1);

  const fired = new Map<string, string[]>();
  const received: BusMessage[] = [];
  const failures = { reminder: 0, message: 0 };
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
  const bus = set === 'postgres' ? new DaprStreamBus(http, 'maestro-pubsub') : undefined;
  bus?.subscribe('contract', async (message) => {
    if (failures.message-- > 0) throw new Error('a failing subscriber');
    received.push(message);
  });
  if (bus) app.use(bus.routes());
  const server = app.listen(appPort, '127.0.0.1');
  const sidecar = await startSidecar({ ...common, appId: 'contract', appPort, httpPort, grpcPort });
  const second = await startSidecar({ ...common, appId: 'contract-second' });
  await sidecar.waitHealthy(30_000);
  await sidecar.waitActorTypes([CONTINUATION_ACTOR_TYPE], 30_000);
  await second.waitHealthy(30_000);
  const secondHttp = new SidecarHttp(second.httpPort);
  const scheduler = new DaprScheduler(sidecar.grpcPort, systemClock);

  return {
    stores: [connectStore(http, 'maestro-state'), connectStore(secondHttp, 'maestro-state')],
    scheduler,
    bus,
    received,
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
      await backends?.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
