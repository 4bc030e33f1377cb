import { actorKeysOf, Port, readEnvironment, ServiceEnvironment } from '@maestro/actors';
import { MaestroError } from '@maestro/core';
import path from 'node:path';
import { z } from 'zod';
import { AdmissionEnvironment, admissionOf } from './admission-environment.ts';
import { corsOrigins } from './cors-origins.ts';
import { identityConfig } from './identity/identity-config.ts';
import { IdentityEnvironment } from './identity/identity-environment.ts';
import type { IdentityConfig } from './identity/provider-config.ts';

/** The environment of the API; unknown variables are not looked at. */
const ApiEnvironment = ServiceEnvironment.extend({
  ...IdentityEnvironment.shape,
  ...AdmissionEnvironment.shape,
  MAESTRO_API_PORT: Port.default(8080),
  MAESTRO_API_HOST: z.string().min(1).default('127.0.0.1'),
  MAESTRO_DATA_DIR: z.string().min(1).default('.maestro'),
  MAESTRO_DEV_KEY_FILE: z.string().min(1).optional(),
  /** App id of the warehouse; empty: there are no lists. */
  MAESTRO_WAREHOUSE_APP: z.string().default(''),
  /** Origins whose pages may call the API; see {@link corsOrigins}. */
  MAESTRO_CORS_ORIGINS: z.string().default(''),
  /** Whether `GET /status` is served, to whoever asks. */
  MAESTRO_STATUS_PAGE: z
    .string()
    .default('')
    .transform((text) => text || 'on')
    .pipe(z.enum(['on', 'off'])),
});

/** What the API is told by its environment. */
export interface ApiConfig {
  readonly daprHttpPort: number;
  /** For the sidecar's health checks alone. */
  readonly appPort: number;
  readonly port: number;
  readonly host: string;
  readonly environment: 'development' | 'production';
  readonly stateComponent: string;
  readonly blobComponent: string;
  readonly recipes: readonly string[];
  /** Who may call. */
  readonly identity: IdentityConfig;
  /** The local dev issuer's key pair. */
  readonly devKeyFile: string;
  /** App id of the warehouse; empty for none. */
  readonly warehouseApp: string;
  /** The tenant whose admins may do what concerns all tenants; undefined for none. */
  readonly adminTenant: string | undefined;
  /** Origins whose pages may call the API from a browser; `*` for any. */
  readonly corsOrigins: readonly string[];
  /** Whether tenants have to be created before they may call. */
  readonly registeredOnly: boolean;
  /** Name of the region that this deployment is in; undefined for none. */
  readonly region: string | undefined;
  /** Whether the status page is served. */
  readonly statusPage: boolean;
  /** What actor calls are signed with, by the first of them; none only in development. */
  readonly actorKeys: readonly string[];
  /** What the sidecar shows on the app port. */
  readonly appToken: string | undefined;
  readonly logLevel: string;
}

/**
 * Reads the environment once.
 *
 * @throws MaestroError `config.invalid`, naming each variable and what it has to be.
 */
export function readApiConfig(environment: NodeJS.ProcessEnv): ApiConfig {
  const data = readEnvironment(ApiEnvironment, environment);
  const config = Object.freeze({
    daprHttpPort: data.DAPR_HTTP_PORT,
    appPort: data.APP_PORT,
    port: data.MAESTRO_API_PORT,
    host: data.MAESTRO_API_HOST,
    environment: data.MAESTRO_ENV,
    stateComponent: data.MAESTRO_STATE_COMPONENT,
    blobComponent: data.MAESTRO_BLOB_COMPONENT,
    recipes: data.MAESTRO_RECIPES,
    identity: identityConfig(data, data.MAESTRO_ENV),
    devKeyFile: data.MAESTRO_DEV_KEY_FILE ?? path.join(data.MAESTRO_DATA_DIR, 'dev-issuer.json'),
    warehouseApp: data.MAESTRO_WAREHOUSE_APP,
    ...admissionOf(data),
    corsOrigins: corsOrigins(data.MAESTRO_CORS_ORIGINS, data.MAESTRO_ENV),
    statusPage: data.MAESTRO_STATUS_PAGE === 'on',
    actorKeys: actorKeysOf(data),
    appToken: data.APP_API_TOKEN,
    logLevel: data.MAESTRO_LOG_LEVEL,
  });
  if (config.registeredOnly && config.adminTenant === undefined) {
    throw new MaestroError(
      'config.invalid',
      'MAESTRO_ADMIN_TENANT: without it nobody can create a tenant, and with MAESTRO_TENANTS=registered (the default in production) only those that were created are served; open serves all',
    );
  }
  return config;
}
