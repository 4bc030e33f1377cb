import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inheritedEnvironment } from '../processes/child-environment.ts';
import { freePorts } from '../processes/free-ports.ts';
import { ManagedProcess } from '../processes/managed-process.ts';
import { portAnswers, waitUntil } from '../processes/wait-until.ts';

/** A server process that a test can stop, kill, freeze and start again with the data it had. */
export interface RestartableServer {
  readonly name: string;
  readonly port: number;
  /** The process that runs now; another one after a restart. */
  readonly process: ManagedProcess;
  /** Starts the server again on its port; kills it first if it runs. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Kills a server, and starts it again after so long, in ms. */
export async function killedFor(server: RestartableServer, ms: number): Promise<void> {
  await server.process.kill9();
  await new Promise((wake) => setTimeout(wake, ms));
  await server.restart();
}

/** How to run a server. */
export interface ServerCommand {
  readonly name: string;
  readonly dataDir: string;
  /** A free one unless given. */
  readonly port?: number | undefined;
  readonly startMs?: number | undefined;
  /** Program and arguments for a port and the server's own data folder. */
  readonly command: (port: number, folder: string) => readonly [string, ...string[]];
  readonly env?: (port: number, folder: string) => Readonly<Record<string, string>>;
}

const STOP_GRACE_MS = 5_000;

/** Runs a server on 127.0.0.1 and waits until its port answers. */
export async function startServerProcess(options: ServerCommand): Promise<RestartableServer> {
  const { name } = options;
  const dataDir = resolve(options.dataDir);
  const folder = join(dataDir, name);
  mkdirSync(folder, { recursive: true });
  const [free = 0] = options.port === undefined ? await freePorts(1) : [];
  const port = options.port ?? free;
  const start = async (): Promise<ManagedProcess> => {
    const [command, ...args] = options.command(port, folder);
    const server = ManagedProcess.spawn({
      name,
      command,
      args,
      env: { ...inheritedEnvironment(), ...options.env?.(port, folder) },
      cwd: folder,
      logFile: join(dataDir, 'logs', `${name}.log`),
    });
    try {
      await waitUntil({
        what: `${name} answers on port ${port}`,
        timeoutMs: options.startMs ?? 30_000,
        process: server,
        check: async () => await portAnswers(port),
      });
    } catch (error) {
      await server.kill9();
      throw error;
    }
    return server;
  };
  let current = await start();
  return {
    name,
    port,
    get process() {
      return current;
    },
    restart: async () => {
      if (current.running) await current.kill9();
      current = await start();
    },
    stop: async () => {
      await current.stop(STOP_GRACE_MS);
    },
  };
}
