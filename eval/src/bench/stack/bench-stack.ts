import { connectStore, SidecarHttp, type FencedStore } from '@maestro/actors';
import {
  setFolder,
  startSetBackends,
  startStack,
  type AppSpec,
  type ManagedProcess,
  type RunningApp,
  type SetBackends,
} from '@maestro/infra-dapr';
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { eventTopics } from '../../event-topics.ts';
import { BENCH_RECIPES } from '../bench-recipes.ts';
import type { BenchOptions, ComponentSet, Via } from '../bench-options.ts';
import { progress } from '../report/progress.ts';
import { profiledBinaries, workerCommand } from './profiling.ts';

/** A started stack with one host of continuations behind one sidecar, and its store. */
export interface BenchStack {
  readonly components: ComponentSet;
  readonly via: Via;
  readonly app: RunningApp;
  /** Others that were asked for. */
  readonly otherApp: (name: string) => RunningApp;
  readonly dataDir: string;
  readonly backends: SetBackends;
  readonly http: SidecarHttp;
  readonly store: FencedStore;
  /** Key of the dev issuer, which signs the client's token. */
  readonly devKeyFile: string;
  /** Everything that serves: application, sidecar, control plane, databases. */
  readonly processes: () => readonly ManagedProcess[];
  /** Stops everything and removes the data. */
  readonly stop: () => Promise<void>;
}

const STATE_COMPONENT = 'maestro-state';
const SERVICES = { api: 'standalone', actors: 'worker', prototype: 'prototype' } as const;

/** What a stack has beside the one application that every one has. */
export interface StackExtras {
  /** More applications. */
  readonly apps?: (backends: SetBackends, dataDir: string) => readonly AppSpec[];
  /** More of the measured application's environment. */
  readonly env?: (backends: SetBackends, dataDir: string) => Readonly<Record<string, string>>;
}

/** Starts a stack with empty data, and maybe more applications beside the one that is measured. */
export async function startBenchStack(
  components: ComponentSet,
  options: BenchOptions,
  extras: StackExtras = {},
): Promise<BenchStack> {
  const parent = join(options.workFolder, 'run');
  mkdirSync(parent, { recursive: true });
  const dataDir = mkdtempSync(join(parent, `${components}-`));
  const devKeyFile = join(dataDir, 'dev-issuer.json');
  let backends: SetBackends | undefined;
  try {
    const service = SERVICES[options.via];
    backends = await startSetBackends(components, {
      dataDir,
      serviceBus: eventTopics([`maestro-${service}`, 'maestro-warehouse']),
    });
    const servers = Object.values(backends.servers);
    const broker = options.broker && components !== 'local';
    const stack = await startStack({
      dataDir,
      components: setFolder(components, backends, dataDir),
      env: {
        ...backends.env,
        MAESTRO_ENV: 'development',
        MAESTRO_LOG_LEVEL: 'warn',
        MAESTRO_DEV_KEY_FILE: devKeyFile,
        MAESTRO_RECIPES: `@maestro/recipes,${BENCH_RECIPES}`,
        ...(broker ? { MAESTRO_PUBSUB: 'maestro-pubsub' } : {}),
      },
      apps: [
        {
          appId: `maestro-${service}`,
          command: workerCommand(service, options),
          actorTypes: [options.via === 'prototype' ? 'Prototype' : 'Continuation'],
          ...(options.via === 'api' ? { publicPort: 'auto' } : {}),
          env: extras.env?.(backends, dataDir) ?? {},
        },
        ...(extras.apps?.(backends, dataDir) ?? []),
      ],
      binaries: await profiledBinaries(options, dataDir),
    });
    const app = stack.app(`maestro-${service}`);
    const http = new SidecarHttp(app.sidecar.httpPort);
    return {
      components,
      via: options.via,
      app,
      otherApp: (name) => stack.app(name),
      dataDir,
      backends,
      http,
      store: connectStore(http, STATE_COMPONENT),
      devKeyFile,
      processes: () => [...stack.processes(), ...new Set(servers.map((server) => server.process))],
      stop: async () => {
        await http.close();
        await stack.stop();
        await backends?.stop();
        if (options.keep) progress(`kept ${dataDir}`);
        else rmSync(dataDir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await backends?.stop();
    throw error;
  }
}
