import { connectStore, ContinuationClient, SidecarHttp, type FencedStore } from '@maestro/actors';
import {
  ensureDapr,
  setFolder,
  startSetBackends,
  startSidecar,
  startStack,
  type SetBackends,
  type Sidecar,
  type Stack,
} from '@maestro/infra-dapr';
import path from 'node:path';
import { eventTopics } from '../event-topics.ts';
import type { ChaosOptions } from './chaos-options.ts';

/** Names of the two workers; both have the same app id. */
export const WORKERS = ['worker-a', 'worker-b'] as const;
export type WorkerName = (typeof WORKERS)[number];

/** Two workers, each with its own sidecar, on one store; and a sidecar of the harness that no fault touches. */
export interface ChaosStack {
  readonly backends: SetBackends;
  readonly stack: Stack;
  readonly continuations: ContinuationClient;
  readonly store: FencedStore;
  /** The file that, once it exists, freezes a worker in the middle of a turn. */
  readonly freezeFileOf: (worker: WorkerName) => string;
  readonly close: () => Promise<void>;
}

const repository = path.resolve(import.meta.dirname, '../../..');

/** Starts everything. */
export async function startChaosStack(
  options: Pick<ChaosOptions, 'components'>,
  dataDir: string,
): Promise<ChaosStack> {
  const binaries = await ensureDapr();
  const backends = await startSetBackends(options.components, {
    dataDir,
    serviceBus: eventTopics(['maestro-worker']),
  });
  const folder = setFolder(options.components, backends, dataDir);
  const env = { MAESTRO_ENV: 'development', MAESTRO_LOG_LEVEL: 'debug', ...backends.env };
  const freezeFileOf = (worker: WorkerName): string => path.join(dataDir, `freeze-${worker}`);
  const stack = await startStack({
    dataDir,
    binaries,
    env,
    components: folder,
    apps: WORKERS.map((name) => ({
      appId: 'maestro-worker',
      name,
      command: ['node', path.join(repository, 'services/worker/dist/main.js')],
      actorTypes: ['Continuation'],
      env: {
        MAESTRO_FREEZE_FILE: freezeFileOf(name),
        MAESTRO_RECIPES: `@maestro/recipes,${path.join(repository, 'eval/dist/chaos/chaos-recipes.js')}`,
        ...(options.components !== 'local' ? { MAESTRO_PUBSUB: 'maestro-pubsub' } : {}),
      },
    })),
  });
  const sidecar: Sidecar = await startSidecar({
    binaries,
    controlPlane: stack.controlPlane,
    appId: 'chaos',
    dataDir,
    env: stack.env,
    resourcesPaths: [folder],
    configPath: path.join(folder, 'configuration.yaml'),
  });
  await sidecar.waitHealthy(30_000);
  const http = new SidecarHttp(sidecar.httpPort);
  return {
    backends,
    stack,
    continuations: new ContinuationClient(http),
    store: connectStore(http, 'maestro-state'),
    freezeFileOf,
    close: async () => {
      await http.close();
      await sidecar.stop();
      await stack.stop();
      await backends.stop();
    },
  };
}
