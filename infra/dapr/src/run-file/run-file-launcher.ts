import { resolve } from 'node:path';
import { startPostgres, type RunningServer } from '../backends/postgres.ts';
import { startRedis } from '../backends/redis.ts';
import type { DaprBinaries } from '../binaries/dapr-binaries.ts';
import { environmentReferences } from '../launch/environment-references.ts';
import { startStack, type Stack } from '../launch/stack.ts';
import { parseRunFile } from './run-file.ts';

/** Options of {@link runFile}. */
export interface RunFileOptions {
  /** Holds everything the stack writes. */
  readonly dataDir: string;
  /** For applications and sidecars, on top of the launcher's environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Called with progress lines. */
  readonly log?: ((line: string) => void) | undefined;
  readonly binaries?: DaprBinaries | undefined;
}

const SERVERS = { MAESTRO_POSTGRES: startPostgres, MAESTRO_REDIS: startRedis } as const;

/** `MAESTRO_BLOBS` of an environment, made absolute: daprd runs in another folder than this process. */
export function blobsOf(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const folder = env['MAESTRO_BLOBS'] ?? '';
  return folder === '' ? {} : { MAESTRO_BLOBS: resolve(folder) };
}

/**
 * Runs a `dapr.yaml` without the Dapr CLI: what `dapr run -f` does, with a control plane of its
 * own, output in log files, and 1 s / 500 ms / 3 for all application health checks. A PostgreSQL
 * or Redis that the components ask for (`MAESTRO_POSTGRES`, `MAESTRO_REDIS`) and the environment
 * does not name is started too and stops with the stack; `MAESTRO_BLOBS` is a folder of the data folder unless the
 * environment names one.
 */
export async function runFile(path: string, options: RunFileOptions): Promise<Stack> {
  const file = parseRunFile(path);
  const [components] = file.resourcesPaths;
  if (components === undefined) {
    throw new Error(`${file.path}: no application has a resourcesPath; set common.resourcesPath`);
  }
  const env: Record<string, string> = { ...blobsOf(process.env), ...options.env };
  const wanted = environmentReferences(file.resourcesPaths);
  const servers: RunningServer[] = [];
  const stopServers = async (): Promise<void> => {
    await Promise.all(
      servers.map(async (server) => {
        await server.stop();
      }),
    );
  };
  try {
    for (const [name, start] of Object.entries(SERVERS)) {
      if (!wanted.has(name) || (env[name] ?? process.env[name] ?? '') !== '') continue;
      const server = await start(options);
      servers.push(server);
      env[name] = server.connectionString;
    }
    const stack = await startStack({ ...options, components, apps: file.apps, env });
    return {
      ...stack,
      processes: () => [...servers.map((server) => server.process), ...stack.processes()],
      stop: async (stop) => {
        await stack.stop(stop);
        await stopServers();
      },
    };
  } catch (error) {
    await stopServers();
    throw error;
  }
}
