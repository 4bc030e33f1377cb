import { join } from 'node:path';
import type { DaprBinaries } from '../binaries/dapr-binaries.ts';
import { inheritedEnvironment } from '../processes/child-environment.ts';
import { freePorts } from '../processes/free-ports.ts';
import {
  ManagedProcess,
  type ProcessExit,
  type ProcessStop,
} from '../processes/managed-process.ts';
import { portAnswers, waitUntil } from '../processes/wait-until.ts';
import { announcedActorTypes } from './announced-actor-types.ts';
import type { AppSpec } from './app-spec.ts';
import type { ControlPlane } from './control-plane.ts';
import { startSidecar, type Sidecar } from './sidecar.ts';

/** An application that runs beside its sidecar. */
export interface RunningApp {
  readonly spec: AppSpec;
  readonly appPort: number;
  /** Where it serves the outside world, if it was asked to. */
  readonly publicPort?: number;
  /** The process that runs now; another one after a restart. */
  readonly process: ManagedProcess;
  readonly sidecar: Sidecar;
  /** Starts the process again on the same ports (killing it if it runs) and waits for its port and actor types. */
  restart(): Promise<void>;
  /** Kills the process, not its sidecar. */
  kill9(): Promise<ProcessExit>;
  /** SIGTERM, then SIGKILL after `graceMs`; the sidecar stays. */
  stopGracefully(graceMs: number): Promise<ProcessStop>;
}

/** What all applications of a stack share. */
export interface AppContext {
  readonly binaries: DaprBinaries;
  readonly dataDir: string;
  readonly resourcesPaths: readonly string[];
  readonly configPath?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly controlPlane: Promise<ControlPlane>;
  /** Called with each process that was started, so that a failed start leaves nothing behind. */
  readonly onApp: (process: () => ManagedProcess) => void;
  readonly onSidecar: (sidecar: Sidecar) => void;
}

const APP_LISTENS_IN_MS = 60_000;
const SIDECAR_HEALTHY_IN_MS = 60_000;
const ACTOR_TYPES_IN_MS = 30_000;

/** Name of an application in its stack. */
export function appName(spec: AppSpec): string {
  return spec.name ?? spec.appId;
}

/**
 * Daprd asks for the actor types once, when it first sees its application healthy, and swallows a
 * failure; a daprd that missed them is started again once.
 */
async function waitForSidecar(sidecar: Sidecar, actorTypes: readonly string[]): Promise<void> {
  await sidecar.waitHealthy(SIDECAR_HEALTHY_IN_MS);
  if (actorTypes.length === 0) return;
  try {
    await sidecar.waitActorTypes(actorTypes, ACTOR_TYPES_IN_MS);
  } catch (error) {
    if (!sidecar.process.running) throw error;
    await sidecar.restart();
    await sidecar.waitHealthy(SIDECAR_HEALTHY_IN_MS);
    await sidecar.waitActorTypes(actorTypes, ACTOR_TYPES_IN_MS);
  }
}

/** Starts an application, waits for its port, starts its sidecar and waits until both work together. */
export async function startApp(spec: AppSpec, context: AppContext): Promise<RunningApp> {
  const name = appName(spec);
  const free = await freePorts(4);
  const appPort = spec.ports?.app ?? Number(free[0]);
  const httpPort = spec.ports?.daprHttp ?? Number(free[1]);
  const grpcPort = spec.ports?.daprGrpc ?? Number(free[2]);
  const publicPort = spec.publicPort === 'auto' ? Number(free[3]) : spec.publicPort;
  const [command, ...args] = spec.command;
  if (command === undefined) throw new Error(`application ${name} has no command`);
  const env = {
    NODE_ENV: 'production',
    ...inheritedEnvironment(),
    ...context.env,
    ...(publicPort === undefined ? {} : { MAESTRO_API_PORT: String(publicPort) }),
    ...spec.env,
    APP_ID: spec.appId,
    APP_PORT: String(appPort),
    DAPR_HTTP_PORT: String(httpPort),
    DAPR_GRPC_PORT: String(grpcPort),
    MAESTRO_DATA_DIR: context.dataDir,
  };
  const spawn = (): ManagedProcess =>
    ManagedProcess.spawn({
      name,
      command,
      args,
      env,
      cwd: spec.cwd,
      logFile: join(context.dataDir, 'logs', `${name}.log`),
    });
  let current = spawn();
  context.onApp(() => current);
  const waitForPort = async (): Promise<void> => {
    await waitUntil({
      what: `application ${name} listens on port ${appPort}`,
      timeoutMs: APP_LISTENS_IN_MS,
      process: current,
      check: async () => await portAnswers(appPort),
    });
  };

  const [controlPlane] = await Promise.all([context.controlPlane, waitForPort()]);
  const sidecar = await startSidecar({
    binaries: context.binaries,
    appId: spec.appId,
    appPort,
    appProtocol: spec.protocol,
    appHealthPath: spec.healthPath,
    resourcesPaths: spec.resourcesPaths ?? context.resourcesPaths,
    configPath: spec.configPath ?? context.configPath,
    controlPlane,
    dataDir: context.dataDir,
    env: { ...context.env, ...spec.env },
    httpPort,
    grpcPort,
    name: `daprd-${name}`,
  });
  context.onSidecar(sidecar);
  const actorTypes =
    spec.actorTypes ??
    (await announcedActorTypes(
      appPort,
      spec.env?.['APP_API_TOKEN'] ?? context.env['APP_API_TOKEN'],
    ));
  await waitForSidecar(sidecar, actorTypes);

  return {
    spec,
    appPort,
    ...(publicPort === undefined ? {} : { publicPort }),
    get process() {
      return current;
    },
    sidecar,
    restart: async () => {
      await current.kill9();
      current = spawn();
      await waitForPort();
      if (sidecar.process.running) await waitForSidecar(sidecar, actorTypes);
    },
    kill9: async () => await current.kill9(),
    stopGracefully: async (graceMs) => await current.stop(graceMs),
  };
}
