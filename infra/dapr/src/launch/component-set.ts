import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A folder of Dapr resources with the Configuration in it. */
export interface ComponentSet {
  readonly folder: string;
  /** `configuration.yaml` of the folder; undefined when it has none. */
  readonly configPath: string | undefined;
}

const SHIPPED_SETS: ReadonlySet<string> = new Set(['local', 'postgres', 'azure', 'aws']);

/** The checkout this package is part of; `src` and `dist` lie equally deep in it. */
export function repositoryFolder(): string {
  return fileURLToPath(new URL('../../../../', import.meta.url));
}

/** Resolves the name of a shipped set or a folder of one's own. */
export function componentSet(components: string): ComponentSet {
  const shipped = SHIPPED_SETS.has(components);
  const folder = shipped ? join(repositoryFolder(), 'components', components) : resolve(components);
  if (!existsSync(folder)) throw new Error(`no component folder ${folder}`);
  const configPath = join(folder, 'configuration.yaml');
  return { folder, configPath: existsSync(configPath) ? configPath : undefined };
}
