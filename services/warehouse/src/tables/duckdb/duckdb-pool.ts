import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

/** Options of a DuckDB database. */
export interface DuckDbOptions {
  /** At most so much memory, in MiB. @default 512 */
  readonly maxMemoryMib?: number;
  /** @default 1: beside a sidecar and the events that come, a second one makes both wait */
  readonly threads?: number;
}

/** Connections that are kept for the next one. */
const MOST_IDLE = 8;

/** A DuckDB file that is open, and its connections, of a transaction each, which are kept for the next one. */
export class DuckDbPool {
  readonly #instance: DuckDBInstance;
  readonly #idle: DuckDBConnection[] = [];
  readonly #busy = new Set<Promise<unknown>>();
  #closed = false;

  private constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  static async open(file: string, options: DuckDbOptions): Promise<DuckDbPool> {
    const pool = new DuckDbPool(await DuckDBInstance.fromCache(file));
    try {
      await pool.use((connection) => configure(connection, options));
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  }

  /** Does something on a connection that nobody else uses meanwhile. */
  async use<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const mine = this.#once(work);
    this.#busy.add(mine);
    try {
      return await mine;
    } finally {
      this.#busy.delete(mine);
    }
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#busy);
    for (const connection of this.#idle.splice(0)) connection.closeSync();
    this.#instance.closeSync();
  }

  async #once<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    if (this.#closed) throw new Error('the database is being opened anew');
    const connection = this.#idle.pop() ?? (await this.#instance.connect());
    try {
      return await work(connection);
    } finally {
      if (this.#idle.length < MOST_IDLE) this.#idle.push(connection);
      else connection.closeSync();
    }
  }
}

async function configure(connection: DuckDBConnection, options: DuckDbOptions): Promise<void> {
  const { maxMemoryMib = 512, threads = 1 } = options;
  await connection.run(`set memory_limit = '${maxMemoryMib}MiB'`);
  await connection.run(`set threads = ${threads}`);
  // Nothing is fetched from outside.
  await connection.run('set autoinstall_known_extensions = false');
  // In DuckDB 1.5 a short list (ORDER BY, LIMIT up to 50) that looks its rows up a second time by their row ids now and
  // then finds none of those that a build has just replaced while another query was reading.
  await connection.run('set global late_materialization_max_rows = 0');
}
