import { join } from 'node:path';
import { runCommand } from '../binaries/run-command.ts';
import { startServerProcess, type RestartableServer } from './http-server-process.ts';
import { installedFolder } from './installed-server.ts';
import type { ServerOptions } from './postgres.ts';
import { findProgram, requireProgram, type ServerProgram } from './server-program.ts';

const VERSION = '5.2.5';

/** Fetches the moto server from PyPI into a virtual environment of its own. */
async function install(folder: string): Promise<void> {
  const python = join(requireProgram(await findPython()), 'python3');
  const steps: readonly (readonly [string, ...string[]])[] = [
    [python, '-m', 'venv', 'venv'],
    [join(folder, 'venv/bin/pip'), 'install', '-q', `moto[server]==${VERSION}`],
  ];
  for (const [command, ...args] of steps) {
    const result = await runCommand(command, args, { cwd: folder, timeoutMs: 600_000 });
    if (!result.ok) throw new Error(`moto could not be fetched: ${result.error}`);
  }
}

/** Finds a Python that can make virtual environments; Debian has that part in a package of its own. */
async function findPython(): Promise<ServerProgram> {
  const python = findProgram('python3', 'Python 3', 'python3-venv');
  if (!python.ok) return python;
  const check = ['-c', 'import ensurepip, venv'];
  if ((await runCommand(join(python.folder, 'python3'), check)).ok) return python;
  return {
    ok: false,
    reason: 'a Python without venv',
    fix: 'sudo apt-get install -y python3-venv',
  };
}

/**
 * The folder with moto's virtual environment, which is made if need be.
 *
 * @throws Error that says what is missing and how to get it.
 */
export function provideMoto(log?: ServerOptions['log']): Promise<string> {
  return installedFolder({ name: 'moto', version: VERSION, install, log });
}

/** Starts a moto server: SNS, SQS and S3 of AWS, in memory. */
export async function startMoto(options: ServerOptions): Promise<RestartableServer> {
  const folder = await provideMoto(options.log);
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
