import { MaestroError } from '@maestro/core';
import { z } from 'zod';

/** A port, as text. */
export const Port = z.coerce
  .number('must be a port, 1-65535')
  .int('must be a port, 1-65535')
  .min(1, 'must be a port, 1-65535')
  .max(65_535, 'must be a port, 1-65535');

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
});

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
