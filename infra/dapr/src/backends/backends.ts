import { startPostgres, type RunningServer } from './postgres.ts';
import { startRedis } from './redis.ts';

/** The servers behind `components/postgres`. */
export interface Backends {
  readonly postgres: RunningServer;
  readonly redis: RunningServer;
  /** `MAESTRO_POSTGRES` and `MAESTRO_REDIS`, as the components ask for them. */
  readonly env: Readonly<Record<'MAESTRO_POSTGRES' | 'MAESTRO_REDIS', string>>;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL and a Redis of our own for `components/postgres`; both or, on failure, none. */
export async function startBackends(options: {
  readonly dataDir: string;
  readonly log?: ((line: string) => void) | undefined;
}): Promise<Backends> {
  const starting = [startPostgres(options), startRedis(options)] as const;
  try {
    const [postgres, redis] = await Promise.all(starting);
    return {
      postgres,
      redis,
      env: { MAESTRO_POSTGRES: postgres.connectionString, MAESTRO_REDIS: redis.connectionString },
      stop: async () => {
        await Promise.all([postgres.stop(), redis.stop()]);
      },
    };
  } catch (error) {
    for (const outcome of await Promise.allSettled(starting)) {
      if (outcome.status === 'fulfilled') await outcome.value.stop();
    }
    throw error;
  }
}
