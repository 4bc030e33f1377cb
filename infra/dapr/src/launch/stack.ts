import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensureDapr, type DaprBinaries } from '../binaries/dapr-binaries.ts';
import type { ManagedProcess } from '../processes/managed-process.ts';
import type { AppSpec } from './app-spec.ts';
import { requireSoundComponents } from './check-components.ts';
import { componentSet } from './component-set.ts';
import { startControlPlane, type ControlPlane } from './control-plane.ts';
import { requireEnvironment } from './environment-references.ts';
import { appName, startApp, type AppContext, type RunningApp } from './running-app.ts';
import type { Sidecar } from './sidecar.ts';

/** Options of {@link startStack}. */
export interface StackOptions {
  /** Holds everything the stack writes: the SQLite file, the scheduler's data, the logs. */
  readonly dataDir: string;
  /** A shipped component set or a folder of one's own. */
  readonly components: 'local' | 'postgres' | (string & {});
  readonly apps: readonly AppSpec[];
  /** For applications and sidecars, on top of the launcher's environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Called with progress lines. */
  readonly log?: ((line: string) => void) | undefined;
  /** Found or built by `ensureDapr` unless given. */
  readonly binaries?: DaprBinaries | undefined;
  /** Starts daprd even with components that are known to be wrong. @default false */
  readonly unchecked?: boolean | undefined;
  /** A running control plane to share; it is not stopped with the stack. */
  readonly controlPlane?: ControlPlane | undefined;
}

/** How to stop a stack. */
export interface StackStopOptions {
  /** How long the applications may drain; 10 s unless given. */
  readonly drainMs?: number | undefined;
}

/** Applications with their sidecars on one control plane. */
export interface Stack {
  readonly controlPlane: ControlPlane;
  /** What applications and sidecars were given beside the launcher's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** A running application by its name. */
  app(name: string): RunningApp;
  /** Starts another application, such as one more replica, beside the others. */
  startApp(spec: AppSpec): Promise<RunningApp>;
  /** Everything that was started, ended processes included. */
  processes(): ManagedProcess[];
  /** Drains the applications, then ends the sidecars, then the control plane. Idempotent. */
  stop(options?: StackStopOptions): Promise<void>;
}

const DRAIN_MS = 10_000;

/**
 * Starts control plane, applications and sidecars and returns when all of it works: every sidecar
 * healthy, every named actor type hosted. A start that fails leaves nothing running.
 *
 * @throws Error that names what did not come up, with the end of its log.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const log = options.log ?? (() => undefined);
  const dataDir = resolve(options.dataDir);
  const names = options.apps.map((spec) => appName(spec));
  if (new Set(names).size < names.length) {
    throw new Error(`the applications of a stack need different names: ${names.join(', ')}`);
  }
  const set = componentSet(options.components);
  const env = {
    MAESTRO_SQLITE: join(dataDir, 'state.db'),
    MAESTRO_BLOBS: join(dataDir, 'blobs'),
    ...options.env,
  };
  const folders = options.apps.flatMap((spec) => spec.resourcesPaths ?? [set.folder]);
  if (!options.unchecked) requireSoundComponents([...new Set(folders)]);
  requireEnvironment([...new Set(folders)], { ...process.env, ...env });
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const binaries = options.binaries ?? (await ensureDapr({ log }));

  const appProcesses: (() => ManagedProcess)[] = [];
  const sidecars: Sidecar[] = [];
  const apps = new Map<string, RunningApp>();
  const startedControlPlane =
    options.controlPlane === undefined
      ? startControlPlane({ binaries, dataDir, log })
      : Promise.resolve(options.controlPlane);
  const context: AppContext = {
    binaries,
    dataDir,
    env,
    resourcesPaths: [set.folder],
    configPath: set.configPath,
    controlPlane: startedControlPlane,
    onApp: (process) => appProcesses.push(process),
    onSidecar: (sidecar) => sidecars.push(sidecar),
  };
  const start = async (spec: AppSpec): Promise<RunningApp> => {
    const name = appName(spec);
    const started = performance.now();
    const app = await startApp(spec, context);
    apps.set(name, app);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    log(
      `${name}: up in ${seconds} s, its sidecar on port ${app.sidecar.httpPort}, whose metrics are on ${app.sidecar.metricsPort}`,
    );
    return app;
  };
  const stop = async ({ drainMs = DRAIN_MS }: StackStopOptions = {}): Promise<void> => {
    await Promise.all(appProcesses.map(async (current) => await current().stop(drainMs)));
    await Promise.all(
      sidecars.map(async (sidecar) => {
        await sidecar.stop();
      }),
    );
    if (options.controlPlane === undefined) {
      // A control plane that failed to start has stopped itself.
      const controlPlane = await startedControlPlane.catch(() => undefined);
      await controlPlane?.stop();
    }
  };

  // All are awaited even when one fails, so that none is started after the stop.
  const outcomes = await Promise.allSettled([startedControlPlane, ...options.apps.map(start)]);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) {
    await stop({ drainMs: 2_000 });
    throw failed.reason;
  }
  const controlPlane = await startedControlPlane;

  return {
    controlPlane,
    env,
    app: (name) => {
      const app = apps.get(name);
      if (app === undefined) {
        throw new Error(`no application ${name} in this stack: ${[...apps.keys()].join(', ')}`);
      }
      return app;
    },
    startApp: async (spec) => {
      if (apps.has(appName(spec))) throw new Error(`an application ${appName(spec)} is running`);
      return await start(spec);
    },
    processes: () => [
      controlPlane.placement,
      controlPlane.scheduler,
      ...appProcesses.map((current) => current()),
      ...sidecars.map((sidecar) => sidecar.process),
    ],
    stop,
  };
}
