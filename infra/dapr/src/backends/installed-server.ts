import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../binaries/cache-folder.ts';
import { withFileLock } from '../binaries/file-lock.ts';

/** A server that a package registry holds: fetched once for a machine, into Maestro's cache folder. */
export interface InstalledServer {
  readonly name: string;
  readonly version: string;
  /** Fetches it into an empty folder. */
  readonly install: (folder: string) => Promise<void>;
  readonly log?: ((line: string) => void) | undefined;
}

/**
 * The folder of a server, after fetching it if need be. Two processes at a time share one installation; one that was
 * interrupted begins again.
 */
export async function installedFolder(server: InstalledServer): Promise<string> {
  const { name, version, install, log = () => undefined } = server;
  const folder = join(cacheFolder(), 'servers', `${name}-${version}`);
  const marker = join(folder, '.complete');
  if (existsSync(marker)) return folder;
  await withFileLock({ file: `${folder}.lock` }, async () => {
    if (existsSync(marker)) return;
    const started = performance.now();
    log(`fetching ${name} ${version} (once for a machine)`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await install(folder);
    writeFileSync(marker, '');
    log(`${name} ${version}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  });
  return folder;
}
