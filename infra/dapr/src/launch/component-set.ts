import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A folder of Dapr resources with the Configuration in it. */
export interface ComponentSet {
  readonly folder: string;
  /** `configuration.yaml` of the folder; undefined when it has none. */
  readonly configPath: string | undefined;
}

const SHIPPED_SETS: Readonly<Record<string, readonly string[]>> = {
  local: [],
  postgres: ['MAESTRO_POSTGRES', 'MAESTRO_REDIS'],
};

/** The checkout this package is part of; `src` and `dist` lie equally deep in it. */
function repositoryFolder(): string {
  return fileURLToPath(new URL('../../../../', import.meta.url));
}

/** Resolves `local`, `postgres` or a folder of one's own. */
export function componentSet(components: string): ComponentSet {
  const shipped = Object.hasOwn(SHIPPED_SETS, components);
  const folder = shipped ? join(repositoryFolder(), 'components', components) : resolve(components);
  if (!existsSync(folder)) throw new Error(`no component folder ${folder}`);
  const configPath = join(folder, 'configuration.yaml');
  return { folder, configPath: existsSync(configPath) ? configPath : undefined };
}

/** @throws Error that names the variables a shipped component set needs and the environment lacks. */
export function requireComponentEnv(
  components: string,
  env: Readonly<Record<string, string | undefined>>,
): void {
  const missing = (SHIPPED_SETS[components] ?? []).filter((name) => (env[name] ?? '') === '');
  if (missing.length > 0) {
    throw new Error(
      `components/${components} needs ${missing.join(' and ')}: set them, or start both servers with startBackends()`,
    );
  }
}
