import { join } from 'node:path';
import type { DaprBinaries } from '../binaries/dapr-binaries.ts';
import { inheritedEnvironment } from '../processes/child-environment.ts';
import { freePorts } from '../processes/free-ports.ts';
import { httpGet } from '../processes/http-get.ts';
import { logTail } from '../processes/log-tail.ts';
import { ManagedProcess } from '../processes/managed-process.ts';
import { waitUntil } from '../processes/wait-until.ts';
import type { ControlPlane } from './control-plane.ts';
import { daprFlags } from './dapr-flags.ts';
import { readMetadata } from './sidecar-metadata.ts';
import { lostStartupRace } from './startup-race.ts';

/** Options of {@link startSidecar}. */
export interface SidecarOptions {
  readonly binaries: DaprBinaries;
  readonly appId: string;
  /** Where the application listens; no application when left out. */
  readonly appPort?: number | undefined;
  readonly appProtocol?: 'http' | 'grpc' | undefined;
  /** Path of the application's health check, `/healthz` unless given; `false` turns the check off. */
  readonly appHealthPath?: string | false | undefined;
  readonly resourcesPaths: readonly string[];
  /** A Dapr Configuration file. */
  readonly configPath?: string | undefined;
  readonly controlPlane: Pick<ControlPlane, 'placementAddress' | 'schedulerAddress'>;
  /** Holds the log (`logs/`); the sidecar's working folder. */
  readonly dataDir: string;
  /** What the components refer to by `envRef`, on top of the launcher's environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly httpPort?: number | undefined;
  readonly grpcPort?: number | undefined;
  /** Name of the process and its log file; `daprd-<appId>` unless given. */
  readonly name?: string | undefined;
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error' | undefined;
}

/** A daprd process. */
export interface Sidecar {
  readonly httpPort: number;
  readonly grpcPort: number;
  /** Where daprd shows its own metrics to Prometheus, at `/`. */
  readonly metricsPort: number;
  /** The process that runs now; another one after a restart. */
  readonly process: ManagedProcess;
  /** Waits until daprd and the connection to its application are up. */
  waitHealthy(timeoutMs: number): Promise<void>;
  /** Waits until daprd hosts these actor types and has placement's table. */
  waitActorTypes(types: readonly string[], timeoutMs: number): Promise<void>;
  /** Ends daprd if it runs and starts it again on the same ports; does not wait for its health. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const STOP_GRACE_MS = 8_000;

function daprdArguments(
  options: SidecarOptions,
  ports: Readonly<Record<'http' | 'grpc' | 'internal' | 'metrics', number>>,
): string[] {
  const { appPort, appHealthPath = '/healthz', appProtocol = 'http', controlPlane } = options;
  const hasApp = appPort !== undefined;
  // Without the health checks the actors of a dead application behind a live daprd are never moved.
  const checked = hasApp && appHealthPath !== false;
  return daprFlags({
    'app-id': options.appId,
    'log-level': options.logLevel ?? 'info',
    'dapr-listen-addresses': '127.0.0.1',
    'dapr-http-port': ports.http,
    'dapr-grpc-port': ports.grpc,
    'dapr-internal-grpc-listen-address': '127.0.0.1',
    'dapr-internal-grpc-port': ports.internal,
    'placement-host-address': controlPlane.placementAddress,
    'scheduler-host-address': controlPlane.schedulerAddress,
    'max-body-size': '16Mi',
    'enable-metrics': true,
    'metrics-listen-address': '127.0.0.1',
    'metrics-port': ports.metrics,
    'enable-profiling': false,
    'resources-path': options.resourcesPaths,
    config: options.configPath,
    ...(hasApp && {
      'app-port': appPort,
      'app-protocol': appProtocol,
      'app-channel-address': '127.0.0.1',
    }),
    ...(checked && {
      'enable-app-health-check': true,
      'app-health-check-path': appHealthPath,
      'app-health-probe-interval': 1,
      'app-health-probe-timeout': 500,
      'app-health-threshold': 3,
    }),
  });
}

/** Starts daprd with every port given explicitly, on 127.0.0.1. Does not wait for its health. */
export async function startSidecar(options: SidecarOptions): Promise<Sidecar> {
  const { dataDir } = options;
  const free = await freePorts(4);
  const ports = {
    http: options.httpPort ?? Number(free[0]),
    grpc: options.grpcPort ?? Number(free[1]),
    internal: Number(free[2]),
    metrics: Number(free[3]),
  };
  const name = options.name ?? `daprd-${options.appId}`;
  const url = `http://127.0.0.1:${ports.http}/v1.0`;
  const spawn = (): ManagedProcess =>
    ManagedProcess.spawn({
      name,
      command: options.binaries.daprd,
      args: daprdArguments(options, ports),
      env: { ...inheritedEnvironment(), ...options.env, DAPR_HOST_IP: '127.0.0.1' },
      cwd: dataDir,
      logFile: join(dataDir, 'logs', `${name}.log`),
    });
  let current = spawn();

  return {
    httpPort: ports.http,
    grpcPort: ports.grpc,
    metricsPort: ports.metrics,
    get process() {
      return current;
    },
    waitHealthy: async (timeoutMs) => {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        try {
          await waitUntil({
            what: `${name} is healthy`,
            timeoutMs: deadline - performance.now(),
            process: current,
            check: async () => (await httpGet(`${url}/healthz`)).status === 204,
          });
          return;
        } catch (error) {
          if (
            current.running ||
            !lostStartupRace(logTail(current.logFile)) ||
            performance.now() > deadline
          )
            throw error;
          current = spawn();
        }
      }
    },
    waitActorTypes: async (types, timeoutMs) => {
      await waitUntil({
        what: `${name} hosts the actor types ${types.join(', ')}`,
        timeoutMs,
        process: current,
        check: async () => {
          const { actorTypes, placementConnected, hostReady } = await readMetadata(ports.http);
          return hostReady && placementConnected && types.every((type) => actorTypes.has(type));
        },
      });
    },
    restart: async () => {
      await current.stop(STOP_GRACE_MS);
      current = spawn();
    },
    stop: async () => {
      await current.stop(STOP_GRACE_MS);
    },
  };
}
