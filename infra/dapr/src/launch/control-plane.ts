import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DaprBinaries } from '../binaries/dapr-binaries.ts';
import { inheritedEnvironment } from '../processes/child-environment.ts';
import { freePorts } from '../processes/free-ports.ts';
import { httpGet } from '../processes/http-get.ts';
import { ManagedProcess } from '../processes/managed-process.ts';
import { waitUntil } from '../processes/wait-until.ts';
import { daprFlags } from './dapr-flags.ts';

/** Options of {@link startControlPlane}. */
export interface ControlPlaneOptions {
  readonly binaries: DaprBinaries;
  /** Holds the scheduler's data (`scheduler/`) and the logs (`logs/`). */
  readonly dataDir: string;
  readonly log?: ((line: string) => void) | undefined;
}

/** Dapr's placement and scheduler services, one process each, on 127.0.0.1. */
export interface ControlPlane {
  readonly placementAddress: string;
  readonly schedulerAddress: string;
  /** The process that runs now; another one after a restart. */
  readonly placement: ManagedProcess;
  /** The process that runs now; another one after a restart. */
  readonly scheduler: ManagedProcess;
  /** Ends placement if it runs and starts it again on the same ports. */
  restartPlacement(): Promise<void>;
  /**
   * Ends the scheduler if it runs and starts it again on the same ports and data; after a kill it
   * needs about 20 s (its lease). `wipe` deletes its data first: every reminder is lost.
   */
  restartScheduler(options?: { readonly wipe?: boolean | undefined }): Promise<void>;
  stop(): Promise<void>;
}

const STOP_GRACE_MS = 5_000;
const HEALTHY_IN_MS = 90_000;

/** A named process of the control plane that can be started again on the same ports. */
class RestartableService {
  readonly #start: () => ManagedProcess;
  readonly #healthUrl: string;
  #process: ManagedProcess;

  constructor(start: () => ManagedProcess, healthPort: number) {
    this.#start = start;
    this.#healthUrl = `http://127.0.0.1:${healthPort}/healthz`;
    this.#process = start();
  }

  get process(): ManagedProcess {
    return this.#process;
  }

  async waitHealthy(): Promise<void> {
    await waitUntil({
      what: `${this.#process.name} is healthy`,
      timeoutMs: HEALTHY_IN_MS,
      process: this.#process,
      check: async () => (await httpGet(this.#healthUrl)).status === 200,
    });
  }

  async restart(beforeStart?: () => void): Promise<void> {
    await this.#process.stop(STOP_GRACE_MS);
    beforeStart?.();
    this.#process = this.#start();
    await this.waitHealthy();
  }
}

/**
 * Starts placement and scheduler with every port given explicitly, so that any number of control
 * planes run side by side, and waits until both are healthy.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { binaries, dataDir, log = () => undefined } = options;
  const [placementPort = 0, raftPort = 0, placementHealth = 0] = await freePorts(3);
  const [schedulerPort = 0, etcdClient = 0, etcdPeer = 0, schedulerHealth = 0] = await freePorts(4);
  const schedulerData = join(dataDir, 'scheduler');
  const env = { ...inheritedEnvironment(), DAPR_HOST_IP: '127.0.0.1' };

  const start = (
    name: 'placement' | 'scheduler',
    healthPort: number,
    flags: Readonly<Record<string, string | number>>,
  ): RestartableService => {
    const args = daprFlags({
      ...flags,
      'listen-address': '127.0.0.1',
      'healthz-listen-address': '127.0.0.1',
      'healthz-port': healthPort,
      'enable-metrics': false,
    });
    const logFile = join(dataDir, 'logs', `${name}.log`);
    const command = binaries[name];
    return new RestartableService(
      () => ManagedProcess.spawn({ name, command, args, env, cwd: dataDir, logFile }),
      healthPort,
    );
  };

  const placement = start('placement', placementHealth, {
    port: placementPort,
    'initial-cluster': `dapr-placement-0=127.0.0.1:${raftPort}`,
  });
  const schedulerAddress = `127.0.0.1:${schedulerPort}`;
  const scheduler = start('scheduler', schedulerHealth, {
    port: schedulerPort,
    'override-broadcast-host-port': schedulerAddress,
    'etcd-data-dir': schedulerData,
    'etcd-client-listen-address': '127.0.0.1',
    'etcd-client-port': etcdClient,
    'etcd-initial-cluster': `dapr-scheduler-server-0=http://127.0.0.1:${etcdPeer}`,
  });

  const controlPlane: ControlPlane = {
    placementAddress: `127.0.0.1:${placementPort}`,
    schedulerAddress,
    get placement() {
      return placement.process;
    },
    get scheduler() {
      return scheduler.process;
    },
    restartPlacement: async () => {
      await placement.restart();
    },
    restartScheduler: async (restart = {}) => {
      await scheduler.restart(() => {
        if (restart.wipe === true) rmSync(schedulerData, { recursive: true, force: true });
      });
    },
    stop: async () => {
      await Promise.all([
        placement.process.stop(STOP_GRACE_MS),
        scheduler.process.stop(STOP_GRACE_MS),
      ]);
    },
  };
  try {
    await Promise.all([placement.waitHealthy(), scheduler.waitHealthy()]);
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
  log(
    `control plane: placement on ${controlPlane.placementAddress}, scheduler on ${schedulerAddress}`,
  );
  return controlPlane;
}
