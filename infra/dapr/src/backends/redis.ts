import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { inheritedEnvironment } from '../processes/child-environment.ts';
import { freePorts } from '../processes/free-ports.ts';
import { ManagedProcess } from '../processes/managed-process.ts';
import { waitUntil } from '../processes/wait-until.ts';
import type { RunningServer, ServerOptions } from './postgres.ts';
import { findProgramFolder, requireProgram, type ServerProgram } from './server-program.ts';

const STOP_GRACE_MS = 10_000;

/** Finds `redis-server`. */
export function findRedis(): ServerProgram {
  const folder = findProgramFolder(['redis-server'], ['/usr/bin']);
  return folder === undefined
    ? { ok: false, reason: 'no Redis server', fix: 'sudo apt-get install -y redis-server' }
    : { ok: true, folder };
}

async function ping(port: number): Promise<boolean> {
  return await new Promise((resolvePing, reject) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 }, () => {
      socket.write('PING\r\n');
    });
    socket.once('data', (answer) => {
      socket.destroy();
      resolvePing(answer.toString('latin1').startsWith('+PONG'));
    });
    socket.once('timeout', () => socket.destroy(new Error('no answer to PING')));
    socket.once('error', reject);
    socket.once('close', () => {
      resolvePing(false);
    });
  });
}

/**
 * Starts a Redis of our own on 127.0.0.1 that writes every command to disk and syncs once a second.
 *
 * @throws Error that names the package to install when Redis is absent.
 */
export async function startRedis(options: ServerOptions): Promise<RunningServer> {
  const folder = requireProgram(findRedis());
  const dataDir = resolve(options.dataDir);
  const redisFolder = join(dataDir, 'redis');
  mkdirSync(redisFolder, { recursive: true });
  const [free = 0] = options.port === undefined ? await freePorts(1) : [];
  const port = options.port ?? free;
  const redis = ManagedProcess.spawn({
    name: 'redis',
    command: join(folder, 'redis-server'),
    args: `--port ${port} --bind 127.0.0.1 --appendonly yes --appendfsync everysec`
      .split(' ')
      .concat(['--save', '', '--dir', redisFolder]),
    env: inheritedEnvironment(),
    cwd: redisFolder,
    logFile: join(dataDir, 'logs', 'redis.log'),
  });
  try {
    await waitUntil({
      what: 'Redis answers',
      timeoutMs: 30_000,
      process: redis,
      check: async () => await ping(port),
    });
  } catch (error) {
    await redis.kill9();
    throw error;
  }
  options.log?.(`Redis on 127.0.0.1:${port}`);
  return {
    port,
    connectionString: `127.0.0.1:${port}`,
    process: redis,
    stop: async () => {
      await redis.stop(STOP_GRACE_MS);
    },
  };
}
