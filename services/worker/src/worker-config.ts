import { Port, readEnvironment, ServiceEnvironment } from '@maestro/actors';
import { MaestroError } from '@maestro/core';
import { z } from 'zod';

/** The environment of a worker; unknown variables are not looked at. */
const WorkerEnvironment = ServiceEnvironment.extend({
  DAPR_GRPC_PORT: Port,
  /** Name of the pub/sub component; empty: events stay in the process. */
  MAESTRO_PUBSUB: z.string().default(''),
  MAESTRO_DRAIN_MS: z.coerce.number().int().min(0).max(3_600_000).default(120_000),
  /** Tests only: where to kill this process, `point` or `point:count`. */
  MAESTRO_CRASH_POINT: z.string().optional(),
  /** Tests only: a file that, once it exists, stops this process in the middle of a turn. */
  MAESTRO_FREEZE_FILE: z.string().optional(),
});

export interface WorkerConfig {
  readonly appPort: number;
  readonly daprHttpPort: number;
  readonly daprGrpcPort: number;
  readonly stateComponent: string;
  readonly blobComponent: string;
  readonly pubsubComponent: string;
  readonly recipes: readonly string[];
  /** How long a shutdown waits for running steps, in ms. */
  readonly drainMs: number;
  readonly logLevel: string;
  readonly crashPoint: string | undefined;
  readonly freezeFile: string | undefined;
}

/**
 * Reads the environment once.
 *
 * @throws MaestroError `config.invalid`, naming each variable and what it has to be.
 */
export function readWorkerConfig(environment: NodeJS.ProcessEnv): WorkerConfig {
  const data = readEnvironment(WorkerEnvironment, environment);
  const faulty = data.MAESTRO_CRASH_POINT ?? data.MAESTRO_FREEZE_FILE;
  if (faulty !== undefined && data.MAESTRO_ENV !== 'development') {
    throw new MaestroError(
      'config.invalid',
      'MAESTRO_CRASH_POINT, MAESTRO_FREEZE_FILE: only with MAESTRO_ENV=development',
    );
  }
  return Object.freeze({
    appPort: data.APP_PORT,
    daprHttpPort: data.DAPR_HTTP_PORT,
    daprGrpcPort: data.DAPR_GRPC_PORT,
    stateComponent: data.MAESTRO_STATE_COMPONENT,
    blobComponent: data.MAESTRO_BLOB_COMPONENT,
    pubsubComponent: data.MAESTRO_PUBSUB,
    recipes: data.MAESTRO_RECIPES,
    drainMs: data.MAESTRO_DRAIN_MS,
    logLevel: data.MAESTRO_LOG_LEVEL,
    crashPoint: data.MAESTRO_CRASH_POINT,
    freezeFile: data.MAESTRO_FREEZE_FILE,
  });
}
