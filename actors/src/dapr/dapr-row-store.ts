import { MaestroError } from '@maestro/core';
import { WriteRefused, type RowStore, type RowWrite } from '../store/row-store.ts';
import type { SidecarHttp } from './sidecar-http.ts';

/** How a store has to be asked. */
export interface StoreProfile {
  /** Query of a strong read; Cosmos DB takes none (its account is set to Strong, and Dapr's "strong" would weaken it). */
  readonly strongRead: '' | 'consistency=strong';
  /** Whether one transaction may hold rows of several continuations. */
  readonly spansPartitions: boolean;
  /** Transactions under way at a time; 0 for no limit. */
  readonly writers: number;
  /** Refusals that tell of a connection of the sidecar that is stuck in an old read: {@link DaprRowStore.renewConnections}. */
  readonly stuckConnection?: RegExp;
}

/** The stores that can hold continuations, by Dapr component type. state.redis cannot: its transactions are not atomic. */
export const STORE_PROFILES: Readonly<Record<string, StoreProfile>> = {
  'state.sqlite': {
    strongRead: 'consistency=strong',
    spansPartitions: true,
    writers: 1,
    // A connection in an old read is refused the write lock at once (SQLITE_BUSY_SNAPSHOT or, while another one has it,
    // SQLITE_BUSY); any other waits for it.
    stuckConnection: /database is locked \((?:5|517)\)/,
  },
  'state.postgresql': { strongRead: 'consistency=strong', spansPartitions: true, writers: 4 },
  'state.aws.dynamodb': { strongRead: 'consistency=strong', spansPartitions: false, writers: 0 },
  'state.azure.cosmosdb': { strongRead: '', spansPartitions: false, writers: 0 },
};

const READ_TIMEOUT_MS = 10_000;
const WRITE_TIMEOUT_MS = 10_000;

/** How long a read may take that nobody waits for any more: one that is cut off can leave its connection stuck. */
const READ_CUT_OFF_MS = 120_000;

/**
 * How a pool is renewed: for how long, in ms; how often no write may be refused; reads at a time, their rows, and how much earlier, in ms, the long ones begin; writes at a
 * time, and rows of each.
 */
const RENEWAL = {
  withinMs: 20_000,
  sound: 3,
  reads: 8,
  longKeys: 30_000,
  aheadMs: 20,
  writes: 8,
  removals: 200,
};

/**
 * Rows in a Dapr state component. Values are JSON strings: the sidecar decodes and encodes JSON values anew, which would
 * sort their keys and round their numbers.
 */
export class DaprRowStore implements RowStore {
  readonly #http: SidecarHttp;
  readonly #path: string;
  readonly #profile: StoreProfile;
  #renewing: Promise<void> | undefined;

  constructor(http: SidecarHttp, component: string, profile: StoreProfile) {
    this.#http = http;
    this.#path = `/v1.0/state/${encodeURIComponent(component)}`;
    this.#profile = profile;
  }

  async read(partition: string, key: string, signal?: AbortSignal): Promise<string | undefined> {
    const query = [
      this.#profile.strongRead,
      `metadata.partitionKey=${encodeURIComponent(partition)}`,
    ];
    const { status, text } = await this.#http.call(
      'GET',
      `${this.#path}/${encodeURIComponent(key)}?${query.filter(Boolean).join('&')}`,
      { timeoutMs: READ_TIMEOUT_MS, cutOffMs: READ_CUT_OFF_MS, signal },
    );
    if (status === 204 || (status === 200 && text === '')) return undefined;
    if (status !== 200) throw readFailed(status, text);
    return decode(text);
  }

  async readMany(
    partition: string,
    keys: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly (string | undefined)[]> {
    if (keys.length === 0) return [];
    const { status, text } = await this.#http.call(
      'POST',
      `${this.#path}/bulk?metadata.partitionKey=${encodeURIComponent(partition)}`,
      {
        body: JSON.stringify({ keys, parallelism: 10 }),
        timeoutMs: READ_TIMEOUT_MS,
        cutOffMs: READ_CUT_OFF_MS,
        signal,
      },
    );
    if (status !== 200) throw readFailed(status, text);
    const found = new Map<string, string>();
    for (const item of JSON.parse(text) as { key: string; data?: unknown; error?: string }[]) {
      if (item.error) throw readFailed(status, item.error);
      if (typeof item.data === 'string') found.set(item.key, item.data);
    }
    return keys.map((key) => found.get(key));
  }

  async write(partition: string, writes: readonly RowWrite[], signal?: AbortSignal): Promise<void> {
    const operations = writes.map(({ key, value, createOnly }) => ({
      operation: 'upsert',
      request: {
        key,
        value,
        ...(createOnly ? { options: { concurrency: 'first-write', consistency: 'strong' } } : {}),
      },
    }));
    const { status, text } = await this.#http.call('POST', `${this.#path}/transaction`, {
      body: JSON.stringify({ operations, metadata: { partitionKey: partition } }),
      timeoutMs: WRITE_TIMEOUT_MS,
      signal,
    });
    if (status !== 204 && status !== 200) {
      const { stuckConnection } = this.#profile;
      if (stuckConnection?.test(text)) await this.renewConnections();
      throw new WriteRefused(`the store refused a transaction: ${status} ${text.slice(0, 300)}`);
    }
  }

  /**
   * Makes the sidecar drop connections that are stuck in an old read, which they are for ever when a query was cut off
   * because its caller died: they refuse to write, and read what was true then. Its pool hands out idle connections before
   * it opens others, and keeps the first two that come back. So long reads begin, which get the idle ones, and short ones
   * behind them, which get new ones and come back first; this goes on until no stuck one is left.
   */
  async renewConnections(): Promise<void> {
    if (!this.#profile.stuckConnection) return;
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    await this.#renewing;
  }

  async #renew(): Promise<void> {
    const keys = Array.from({ length: RENEWAL.longKeys }, (_, index) => `maestro:none:${index}`);
    const deadline = performance.now() + RENEWAL.withinMs;
    for (let sound = 0; sound < RENEWAL.sound && performance.now() < deadline;) {
      const { refusals, locked } = await this.#refusals(keys);
      // Somebody else holds the database: no connection is at fault. (One that is stuck may refuse all of them in turn, but says 517.)
      if (locked === RENEWAL.writes) return;
      // One that has written itself is found by the next try.
      sound = refusals > 0 ? 0 : sound + 1;
      if (sound > 0) continue;
      const reads = (some: readonly string[]): Promise<unknown> =>
        Promise.allSettled(Array.from({ length: RENEWAL.reads }, () => this.readMany('', some)));
      const long = reads(keys);
      await new Promise((resolve) => setTimeout(resolve, RENEWAL.aheadMs));
      await reads(keys.slice(0, 1));
      await long;
    }
  }

  /**
   * How many writes are refused when all connections that are idle, and more, write at a time. Each has to change
   * something, or what another one read before would still be true.
   */
  async #refusals(
    keys: readonly string[],
  ): Promise<{ readonly refusals: number; readonly locked: number }> {
    const operations = [
      { operation: 'upsert', request: { key: 'maestro:renewal', value: '' } },
      ...keys.slice(0, RENEWAL.removals).map((key) => ({ operation: 'delete', request: { key } })),
    ];
    const answers = await Promise.all(
      Array.from({ length: RENEWAL.writes }, () =>
        this.#http
          .call('POST', `${this.#path}/transaction`, {
            body: JSON.stringify({ operations }),
            timeoutMs: WRITE_TIMEOUT_MS,
          })
          .then(({ text }) => text)
          .catch(() => ''),
      ),
    );
    return {
      refusals: answers.filter((text) => this.#profile.stuckConnection?.test(text)).length,
      locked: answers.filter((text) => text.includes('database is locked (5)')).length,
    };
  }
}

function decode(text: string): string {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'string')
    throw new MaestroError('log.corrupt', 'a row is not a JSON string');
  return value;
}

function readFailed(status: number, text: string): MaestroError {
  return new MaestroError(
    'sidecar.unavailable',
    `the store could not be read: ${status} ${text.slice(0, 300)}`,
  );
}
