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
}

/** The stores that can hold continuations, by Dapr component type. state.redis cannot: its transactions are not atomic. */
export const STORE_PROFILES: Readonly<Record<string, StoreProfile>> = {
  'state.sqlite': { strongRead: 'consistency=strong', spansPartitions: true, writers: 1 },
  'state.postgresql': { strongRead: 'consistency=strong', spansPartitions: true, writers: 4 },
  'state.aws.dynamodb': { strongRead: 'consistency=strong', spansPartitions: false, writers: 0 },
  'state.azure.cosmosdb': { strongRead: '', spansPartitions: false, writers: 0 },
};

const READ_TIMEOUT_MS = 10_000;
const WRITE_TIMEOUT_MS = 10_000;

/**
 * Rows in a Dapr state component. Values are JSON strings: the sidecar decodes and encodes JSON values anew, which would
 * sort their keys and round their numbers.
 */
export class DaprRowStore implements RowStore {
  readonly #http: SidecarHttp;
  readonly #path: string;
  readonly #profile: StoreProfile;

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
      { timeoutMs: READ_TIMEOUT_MS, signal },
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
      { body: JSON.stringify({ keys, parallelism: 10 }), timeoutMs: READ_TIMEOUT_MS, signal },
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
      throw new WriteRefused(`the store refused a transaction: ${status} ${text.slice(0, 300)}`);
    }
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
