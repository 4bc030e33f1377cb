import { actorKeysOf, Port, readEnvironment, ServiceEnvironment } from '@maestro/actors';
import {
  AdmissionEnvironment,
  admissionOf,
  identityConfig,
  IdentityEnvironment,
  type Admission,
  type IdentityConfig,
} from '@maestro/api';
import { MaestroError, TenantSlug } from '@maestro/core';
import path from 'node:path';
import { z } from 'zod';

/** The environment of a worker; unknown variables are not looked at. */
const WorkerEnvironment = ServiceEnvironment.extend({
  ...IdentityEnvironment.shape,
  ...AdmissionEnvironment.shape,
  DAPR_GRPC_PORT: Port,
  MAESTRO_DATA_DIR: z.string().min(1).default('.maestro'),
  MAESTRO_DEV_KEY_FILE: z.string().min(1).optional(),
  /** Name of the pub/sub component; empty: events stay in the process. */
  MAESTRO_PUBSUB: z.string().default(''),
  MAESTRO_DRAIN_MS: z.coerce.number().int().min(0).max(3_600_000).default(120_000),
  /** The tenant that a probe is kept of; empty: none is. */
  MAESTRO_PROBE: z.union([z.literal(''), TenantSlug]).default(''),
  MAESTRO_PROBE_EVERY_MS: z.coerce.number().int().min(100).max(3_600_000).default(60_000),
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
  /** What probe is kept, if one is. */
  readonly probe: { readonly tenant: string; readonly everyMs: number } | undefined;
  /** What Maestro's own actor calls are signed with: the first signs, all are taken. None only in development, where calls are then taken as they are. */
  readonly actorKeys: readonly string[];
  /** Whose tokens other services may call with; undefined: they may not. */
  readonly identity: IdentityConfig | undefined;
  /** Which tenants' tokens those are. */
  readonly admission: Admission;
  /** The local dev issuer's key pair. */
  readonly devKeyFile: string;
  /** What the sidecar shows on the app port. */
  readonly appToken: string | undefined;
  readonly logLevel: string;
  /** Whether this is no production: time may be skipped. */
  readonly development: boolean;
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
    probe:
      data.MAESTRO_PROBE === ''
        ? undefined
        : { tenant: data.MAESTRO_PROBE, everyMs: data.MAESTRO_PROBE_EVERY_MS },
    actorKeys: actorKeysOf(data),
    identity:
      data.MAESTRO_IDENTITY === undefined && data.MAESTRO_ENV !== 'development'
        ? undefined
        : identityConfig(data, data.MAESTRO_ENV),
    admission: admissionOf(data),
    devKeyFile: data.MAESTRO_DEV_KEY_FILE ?? path.join(data.MAESTRO_DATA_DIR, 'dev-issuer.json'),
    appToken: data.APP_API_TOKEN,
    logLevel: data.MAESTRO_LOG_LEVEL,
    development: data.MAESTRO_ENV === 'development',
    crashPoint: data.MAESTRO_CRASH_POINT,
    freezeFile: data.MAESTRO_FREEZE_FILE,
  });
}
