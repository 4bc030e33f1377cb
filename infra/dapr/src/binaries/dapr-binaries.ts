import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { daprCacheFolder } from './cache-folder.ts';
import { buildDapr } from './build-dapr.ts';
import { DAPR_VERSION, findVersion, isAtLeast, MINIMUM_DAPR_VERSION } from './dapr-version.ts';
import { findPrograms, type DaprProgramPaths } from './dapr-programs.ts';
import { runCommand } from './run-command.ts';

/** Where the three Dapr programs are. */
export interface DaprBinaries extends DaprProgramPaths {
  /** The version daprd reports. */
  readonly version: string;
  /** `path`: installed by the user; `cache`: built earlier; `built`: built by this call. */
  readonly source: 'path' | 'cache' | 'built';
}

/** Options of {@link ensureDapr}. */
export interface EnsureDaprOptions {
  /** Called with progress lines of a build. */
  readonly log?: ((line: string) => void) | undefined;
  /** The version to take from the cache or to build; 1.18.2 unless given. */
  readonly version?: string | undefined;
}

async function describe(
  paths: DaprProgramPaths,
  source: DaprBinaries['source'],
): Promise<DaprBinaries | undefined> {
  const answer = await runCommand(paths.daprd, ['--version']);
  const version = answer.ok ? findVersion(answer.stdout) : undefined;
  return version === undefined ? undefined : { ...paths, version, source };
}

/**
 * Finds Dapr without building it: the folder `MAESTRO_DAPR_BIN`, the cache, then an installation
 * of at least 1.18 on the PATH or in `~/.dapr/bin`.
 *
 * @throws Error when `MAESTRO_DAPR_BIN` is set and does not hold working binaries.
 */
export async function findDapr(version = DAPR_VERSION): Promise<DaprBinaries | undefined> {
  const folder = process.env['MAESTRO_DAPR_BIN'];
  if (folder !== undefined && folder !== '') {
    const paths = findPrograms([folder]);
    const found = paths === undefined ? undefined : await describe(paths, 'path');
    if (found !== undefined) return found;
    throw new Error(
      `MAESTRO_DAPR_BIN=${folder} does not hold daprd, placement and scheduler that run: correct it or unset it`,
    );
  }
  const cached = findPrograms([daprCacheFolder(version)]);
  const fromCache = cached === undefined ? undefined : await describe(cached, 'cache');
  if (fromCache !== undefined) return fromCache;
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '');
  const installed = findPrograms([...onPath, join(homedir(), '.dapr', 'bin')]);
  const fromPath = installed === undefined ? undefined : await describe(installed, 'path');
  return fromPath !== undefined && isAtLeast(fromPath.version, MINIMUM_DAPR_VERSION)
    ? fromPath
    : undefined;
}

/**
 * Finds Dapr as {@link findDapr} does or builds it into the cache (about 5 minutes, once for a
 * machine). Two processes at a time share one build.
 *
 * @throws Error that names the fix when there is neither Dapr nor a Go that can build it.
 */
export async function ensureDapr(options: EnsureDaprOptions = {}): Promise<DaprBinaries> {
  const { version = DAPR_VERSION, log = () => undefined } = options;
  const found = await findDapr(version);
  if (found !== undefined) return found;
  const folder = daprCacheFolder(version);
  await buildDapr({ version, folder, log });
  const paths = findPrograms([folder]);
  const built = paths === undefined ? undefined : await describe(paths, 'built');
  if (built === undefined) {
    throw new Error(`Dapr was built into ${folder} but does not run: remove that folder and retry`);
  }
  return built;
}
