import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../binaries/run-command.ts';
import { startServerProcess, type RestartableServer } from './http-server-process.ts';
import { installedFolder } from './installed-server.ts';
import type { ServerOptions } from './postgres.ts';
import { findProgram, requireProgram } from './server-program.ts';

/** The newest that runs on Node 20. */
const VERSION = '3.35.0';

/** Fetches Azurite from the npm registry. */
async function install(folder: string): Promise<void> {
  const npm = join(requireProgram(findProgram('npm', 'npm', 'npm')), 'npm');
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const result = await runCommand(
    npm,
    [
      'install',
      '--ignore-scripts',
      '--no-fund',
      '--no-audit',
      '--omit=optional',
      `azurite@${VERSION}`,
    ],
    { cwd: folder, timeoutMs: 600_000 },
  );
  if (!result.ok) throw new Error(`Azurite could not be fetched: ${result.error}`);
}

/**
 * The folder that has Azurite, which is fetched if need be.
 *
 * @throws Error that says what is missing and how to get it.
 */
export function provideAzurite(log?: ServerOptions['log']): Promise<string> {
  return installedFolder({ name: 'azurite', version: VERSION, install, log });
}

/** Starts the blob service of Azurite. */
export async function startAzurite(options: ServerOptions): Promise<RestartableServer> {
  const folder = await provideAzurite(options.log);
  const server = await startServerProcess({
    name: 'azurite',
    dataDir: options.dataDir,
    port: options.port,
    startMs: 60_000,
    command: (port, data) => [
      process.execPath,
      join(folder, 'node_modules/azurite/dist/src/blob/main.js'),
      '--blobHost',
      '127.0.0.1',
      '--blobPort',
      String(port),
      '--location',
      data,
      '--skipApiVersionCheck',
      '--disableTelemetry',
    ],
  });
  options.log?.(`Azurite on 127.0.0.1:${server.port}`);
  return server;
}
