import { join } from 'node:path';
import { runCommand } from '../binaries/run-command.ts';
import { startServerProcess, type RestartableServer } from './http-server-process.ts';
import { installedFolder } from './installed-server.ts';
import type { ServerOptions } from './postgres.ts';
import { findProgramFolder } from './server-program.ts';

const VERSION = '5.2.5';

/** Fetches the moto server from PyPI into a virtual environment of its own. */
async function install(folder: string): Promise<void> {
  const python = findProgramFolder(['python3']);
  if (python === undefined) throw new Error('no python3: sudo apt-get install -y python3-venv');
  const steps: readonly (readonly [string, ...string[]])[] = [
    [join(python, 'python3'), '-m', 'venv', 'venv'],
    [join(folder, 'venv/bin/pip'), 'install', '-q', `moto[server]==${VERSION}`],
  ];
  for (const [command, ...args] of steps) {
    const result = await runCommand(command, args, { cwd: folder, timeoutMs: 600_000 });
    if (!result.ok) throw new Error(`moto could not be fetched: ${result.error}`);
  }
}

/** Starts a moto server: SNS, SQS and S3 of AWS, in memory. */
export async function startMoto(options: ServerOptions): Promise<RestartableServer> {
  const folder = await installedFolder({
    name: 'moto',
    version: VERSION,
    install,
    log: options.log,
  });
  const server = await startServerProcess({
    name: 'moto',
    dataDir: options.dataDir,
    port: options.port,
    startMs: 60_000,
    command: (port) => [
      join(folder, 'venv/bin/moto_server'),
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
    ],
  });
  options.log?.(`moto on 127.0.0.1:${server.port}`);
  return server;
}
