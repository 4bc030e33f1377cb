import { homedir } from 'node:os';
import { join } from 'node:path';

/** Maestro's cache folder, outside any checkout: `MAESTRO_CACHE_DIR`, else `XDG_CACHE_HOME`, else `~/.cache`, then `maestro`. */
export function cacheFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const root = env['MAESTRO_CACHE_DIR'] ?? env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(root, 'maestro');
}

/** Where the binaries of one Dapr version are cached. */
export function daprCacheFolder(
  version: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return join(cacheFolder(env), 'dapr', version);
}
