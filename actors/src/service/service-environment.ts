import { MaestroError } from '@maestro/core';
import { z } from 'zod';

/** A port, as text. */
export const Port = z.coerce
  .number('must be a port, 1-65535')
  .int('must be a port, 1-65535')
  .min(1, 'must be a port, 1-65535')
  .max(65_535, 'must be a port, 1-65535');

/** A secret; an empty one counts as not set. */
const Secret = z
  .string()
  .optional()
  .transform((text) => text || undefined);

/** The variables that every service with a sidecar has. */
export const ServiceEnvironment = z.object({
  APP_PORT: Port,
  DAPR_HTTP_PORT: Port,
  MAESTRO_STATE_COMPONENT: z.string().min(1).default('maestro-state'),
  MAESTRO_BLOB_COMPONENT: z.string().min(1).default('maestro-blobs'),
  MAESTRO_RECIPES: z
    .string()
    .default('@maestro/recipes')
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    ),
  MAESTRO_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  MAESTRO_ENV: z.enum(['development', 'production']).default('production'),
  /** Dapr's own: what the sidecar shows on the app port. */
  APP_API_TOKEN: Secret,
  /** What the processes of one installation sign their actor calls with: the first one; all of them are taken. */
  MAESTRO_ACTOR_KEY: Secret.transform(
    (text) => text?.split(',').map((key) => key.trim()) ?? [],
  ).pipe(z.array(z.string().min(32, 'each key must have at least 32 characters'))),
});

/**
 * The keys that actor calls are signed with; none only in development.
 *
 * @throws MaestroError `config.invalid` when there is none in production.
 */
export function actorKeysOf(data: {
  readonly MAESTRO_ACTOR_KEY: readonly string[];
  readonly MAESTRO_ENV: 'development' | 'production';
}): readonly string[] {
  if (data.MAESTRO_ACTOR_KEY.length === 0 && data.MAESTRO_ENV !== 'development') {
    throw new MaestroError(
      'config.invalid',
      'MAESTRO_ACTOR_KEY: at least 32 characters, the same for every worker, API and warehouse of the installation; only MAESTRO_ENV=development goes without',
    );
  }
  return data.MAESTRO_ACTOR_KEY;
}

/**
 * Reads an environment by its schema; unknown variables are not looked at.
 *
 * @throws MaestroError `config.invalid`, naming each variable and what it has to be.
 */
export function readEnvironment<T extends z.ZodType>(
  schema: T,
  environment: NodeJS.ProcessEnv,
): z.output<T> {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new MaestroError('config.invalid', problems.join('; '));
}
