import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runCommand, type CommandResult } from '../binaries/run-command.ts';
import { inheritedEnvironment } from '../processes/child-environment.ts';
import { freePorts } from '../processes/free-ports.ts';
import { ManagedProcess } from '../processes/managed-process.ts';
import { waitUntil } from '../processes/wait-until.ts';
import { clusterFolder, serverAccount } from './postgres-cluster.ts';
import { findProgramFolder, requireProgram, type ServerProgram } from './server-program.ts';

/** Options of {@link startPostgres} and `startRedis`. */
export interface ServerOptions {
  /** Holds the server's data and its log (`logs/`); data that is there is used again. */
  readonly dataDir: string;
  /** A free one unless given. */
  readonly port?: number | undefined;
  readonly log?: ((line: string) => void) | undefined;
}

/** A running server on 127.0.0.1. */
export interface RunningServer {
  readonly port: number;
  /** PostgreSQL: a `postgres://` URL. Redis: `host:port`. */
  readonly connectionString: string;
  readonly process: ManagedProcess;
  stop(): Promise<void>;
}

const DEBIAN_FOLDER = '/usr/lib/postgresql';
const USER = 'maestro';
const DATABASE = 'maestro';
const STOP_GRACE_MS = 15_000;

/** Finds PostgreSQL's server programs: the newest of Debian's packages, else the PATH. */
export function findPostgres(): ServerProgram {
  const versions = existsSync(DEBIAN_FOLDER) ? readdirSync(DEBIAN_FOLDER) : [];
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  const folder = findProgramFolder(
    ['initdb', 'postgres', 'pg_isready', 'createdb', 'psql'],
    newestFirst.map((version) => join(DEBIAN_FOLDER, version, 'bin')),
  );
  return folder === undefined
    ? { ok: false, reason: 'no PostgreSQL server', fix: 'sudo apt-get install -y postgresql' }
    : { ok: true, folder };
}

function requireSuccess(what: string, result: CommandResult): CommandResult {
  if (!result.ok) throw new Error(`${what} failed: ${result.error}`);
  return result;
}

/**
 * Starts a PostgreSQL of our own with a database `maestro`, durable (fsync on) and without
 * passwords, on 127.0.0.1 only. As root it runs under an unprivileged account.
 *
 * @throws Error that names the package to install when PostgreSQL is absent.
 */
export async function startPostgres(options: ServerOptions): Promise<RunningServer> {
  const folder = requireProgram(findPostgres());
  const dataDir = resolve(options.dataDir);
  const [free = 0] = options.port === undefined ? await freePorts(1) : [];
  const port = options.port ?? free;
  const account = await serverAccount();
  const cluster = await clusterFolder(dataDir, account);

  if (!existsSync(join(cluster, 'PG_VERSION'))) {
    const [command, ...args] = account.command(join(folder, 'initdb'), [
      cluster,
      `--username=${USER}`,
      '--auth=trust',
      '--encoding=UTF8',
      '--no-locale',
    ]);
    const result = await runCommand(command, args, { cwd: '/', timeoutMs: 120_000 });
    requireSuccess('initdb', result);
  }
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    fsync: 'on',
  };
  const [command, ...args] = account.command(join(folder, 'postgres'), [
    '-D',
    cluster,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const postgres = ManagedProcess.spawn({
    name: 'postgres',
    command,
    args,
    env: { ...inheritedEnvironment(), LC_ALL: 'C' },
    cwd: '/',
    logFile: join(dataDir, 'logs', 'postgres.log'),
    // A fast shutdown: PostgreSQL waits for its clients on SIGTERM.
    stopSignal: 'SIGINT',
  });
  const connection = ['-h', '127.0.0.1', '-p', String(port), '-U', USER];
  try {
    await waitUntil({
      what: 'PostgreSQL accepts connections',
      timeoutMs: 60_000,
      everyMs: 100,
      process: postgres,
      check: async () => (await runCommand(join(folder, 'pg_isready'), connection)).ok,
    });
    const query = `select 1 from pg_database where datname = '${DATABASE}'`;
    const psqlArgs = [...connection, '-d', 'postgres', '-Atc', query];
    const found = requireSuccess('psql', await runCommand(join(folder, 'psql'), psqlArgs));
    if (found.stdout === '') {
      requireSuccess(
        'createdb',
        await runCommand(join(folder, 'createdb'), [...connection, DATABASE]),
      );
    }
  } catch (error) {
    await postgres.kill9();
    throw error;
  }
  options.log?.(`PostgreSQL on 127.0.0.1:${port}`);
  return {
    port,
    connectionString: `postgres://${USER}@127.0.0.1:${port}/${DATABASE}?sslmode=disable`,
    process: postgres,
    stop: async () => {
      await postgres.stop(STOP_GRACE_MS);
    },
  };
}
