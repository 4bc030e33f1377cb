import { allOrNone } from './all-or-none.ts';
import { killedFor, type RestartableServer } from './http-server-process.ts';
import { startPostgres, type RunningServer, type ServerOptions } from './postgres.ts';
import { startRedis } from './redis.ts';
import type { SetBackends } from './set-backends.ts';

/** The servers behind `components/postgres`. */
export interface Backends extends SetBackends {
  readonly postgres: RunningServer;
  readonly redis: RunningServer;
  /** `MAESTRO_POSTGRES` and `MAESTRO_REDIS`, as the components ask for them. */
  readonly env: Readonly<Record<'MAESTRO_POSTGRES' | 'MAESTRO_REDIS', string>>;
}

/** Starts a PostgreSQL and a Redis of our own for `components/postgres`; both or, on failure, none. */
export async function startPostgresBackends(options: ServerOptions): Promise<Backends> {
  return await allOrNone([startPostgres(options), startRedis(options)], ([postgres, redis]) => {
    const state = restartable('postgres', postgres, (port) => startPostgres({ ...options, port }));
    const pubsub = restartable('redis', redis, (port) => startRedis({ ...options, port }));
    return {
      postgres,
      redis,
      servers: { state, pubsub },
      env: { MAESTRO_POSTGRES: postgres.connectionString, MAESTRO_REDIS: redis.connectionString },
      overlay: {},
      outage: (ms) => killedFor(state, ms),
      stop: async () => {
        await Promise.all([state.stop(), pubsub.stop()]);
      },
    };
  });
}

function restartable(
  name: string,
  first: RunningServer,
  start: (port: number) => Promise<RunningServer>,
): RestartableServer {
  let current = first;
  return {
    name,
    port: first.port,
    get process() {
      return current.process;
    },
    restart: async () => {
      if (current.process.running) await current.process.kill9();
      current = await start(first.port);
    },
    stop: async () => {
      await current.stop();
    },
  };
}
