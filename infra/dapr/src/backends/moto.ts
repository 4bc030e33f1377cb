import { join } from 'node:path';
import { startServerProcess, type RestartableServer } from './http-server-process.ts';
import type { ServerOptions } from './postgres.ts';
import { providePythonPackage } from './python-package.ts';

/**
 * The folder with moto's programs, which is made if need be.
 *
 * @throws Error that says what is missing and how to get it.
 */
export function provideMoto(log?: ServerOptions['log']): Promise<string> {
  return providePythonPackage({ name: 'moto', extra: 'server', version: '5.2.5', log });
}

/** Starts a moto server: SNS, SQS and S3 of AWS, in memory. */
export async function startMoto(options: ServerOptions): Promise<RestartableServer> {
  const programs = await provideMoto(options.log);
  const server = await startServerProcess({
    name: 'moto',
    dataDir: options.dataDir,
    port: options.port,
    startMs: 60_000,
    command: (port) => [
      join(programs, 'moto_server'),
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
    ],
  });
  options.log?.(`moto on 127.0.0.1:${server.port}`);
  return server;
}
