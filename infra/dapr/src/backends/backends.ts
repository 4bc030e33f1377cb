import type { RestartableServer } from './http-server-process.ts';
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
  const starting = [startPostgres(options), startRedis(options)] as const;
  try {
    const [postgres, redis] = await Promise.all(starting);
    const state = restartable('postgres', postgres, (port) => startPostgres({ ...options, port }));
    const pubsub = restartable('redis', redis, (port) => startRedis({ ...options, port }));
    return {
      postgres,
      redis,
      servers: { state, pubsub },
      env: { MAESTRO_POSTGRES: postgres.connectionString, MAESTRO_REDIS: redis.connectionString },
      overlay: {},
      stop: async () => {
        await Promise.all([state.stop(), pubsub.stop()]);
      },
    };
  } catch (error) {
    for (const outcome of await Promise.allSettled(starting)) {
      if (outcome.status === 'fulfilled') await outcome.value.stop();
    }
    throw error;
  }
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
