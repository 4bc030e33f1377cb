import { MaestroError } from '@maestro/core';
import path from 'node:path';
import { z } from 'zod';

const Port = z.coerce
  .number('must be a port, 1-65535')
  .int('must be a port, 1-65535')
  .min(1, 'must be a port, 1-65535')
  .max(65_535, 'must be a port, 1-65535');

/** The environment of the API; unknown variables are not looked at. */
const ApiEnvironment = z.object({
  DAPR_HTTP_PORT: Port,
  APP_PORT: Port,
  MAESTRO_API_PORT: Port.default(8080),
  MAESTRO_API_HOST: z.string().min(1).default('127.0.0.1'),
  MAESTRO_ENV: z.enum(['development', 'production']).default('production'),
  MAESTRO_STATE_COMPONENT: z.string().min(1).default('maestro-state'),
  MAESTRO_RECIPES: z
    .string()
    .default('@maestro/recipes')
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    ),
  MAESTRO_DATA_DIR: z.string().min(1).default('.maestro'),
  MAESTRO_DEV_KEY_FILE: z.string().min(1).optional(),
  MAESTRO_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
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
  readonly recipes: readonly string[];
  /** The local dev issuer's key pair. */
  readonly devKeyFile: string;
  readonly logLevel: string;
}

/**
 * Reads the environment once.
 *
 * @throws MaestroError `config.invalid`, naming each variable and what it has to be.
 */
export function readApiConfig(environment: NodeJS.ProcessEnv): ApiConfig {
  const parsed = ApiEnvironment.safeParse(environment);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `${issue.path.join('.')}: ${issue.message}`,
    );
    throw new MaestroError('config.invalid', problems.join('; '));
  }
  const { data } = parsed;
  return Object.freeze({
    daprHttpPort: data.DAPR_HTTP_PORT,
    appPort: data.APP_PORT,
    port: data.MAESTRO_API_PORT,
    host: data.MAESTRO_API_HOST,
    environment: data.MAESTRO_ENV,
    stateComponent: data.MAESTRO_STATE_COMPONENT,
    recipes: data.MAESTRO_RECIPES,
    devKeyFile: data.MAESTRO_DEV_KEY_FILE ?? path.join(data.MAESTRO_DATA_DIR, 'dev-issuer.json'),
    logLevel: data.MAESTRO_LOG_LEVEL,
  });
}
