import { CosmosClient, type Container, type SqlQuerySpec } from '@azure/cosmos';
import {
  isErasable,
  TOMBSTONE_BEGINNING,
  type KeyScanner,
  type ScannedHead,
  type StoreScanner,
} from '@maestro/core';
import { headsInOrder } from './heads-in-order.ts';

const PAGE_IDS = 1000;
/** Point reads under way at a time. */
const READS = 16;

/** How a Cosmos DB account is reached. */
export interface CosmosAccess {
  /** `https://{account}.documents.azure.com:443/`. */
  readonly endpoint: string;
  readonly database: string;
  readonly container: string;
  /** The account's key, or else an access token of Entra ID. */
  readonly credential: { readonly key: string } | { readonly token: string };
}

/** Walks over the heads in the container of a `state.azure.cosmosdb` component. */
export class CosmosScanner implements StoreScanner, KeyScanner {
  readonly #client: CosmosClient;
  readonly #container: Container;

  constructor({ endpoint, database, container, credential }: CosmosAccess) {
    this.#client = new CosmosClient({
      endpoint,
      ...('key' in credential
        ? { key: credential.key }
        : { aadCredentials: tokenCredential(credential.token) }),
    });
    this.#container = this.#client.database(database).container(container);
  }

  heads(
    options: { readonly tenant?: string; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ScannedHead, void> {
    return headsInOrder(
      {
        keys: (signal) =>
          this.#ids(
            {
              query: 'SELECT VALUE c.id FROM c WHERE STARTSWITH(c.id, @tenant)',
              parameters: [
                {
                  name: '@tenant',
                  value: options.tenant === undefined ? '' : `${options.tenant}:`,
                },
              ],
            },
            signal,
          ),
        values: (keys, signal) => this.#values(keys, signal),
      },
      options,
    );
  }

  async *keys(tenant: string, signal?: AbortSignal): AsyncGenerator<readonly string[], void> {
    const query = {
      query:
        'SELECT VALUE c.id FROM c WHERE STARTSWITH(c.id, @tenant) AND NOT STARTSWITH(c["value"], @erased)',
      parameters: [
        { name: '@tenant', value: `${tenant}:` },
        { name: '@erased', value: TOMBSTONE_BEGINNING },
      ],
    };
    for await (const page of this.#ids(query, signal)) {
      yield page.filter((key) => isErasable(tenant, key));
    }
  }

  /** The ids alone: the index has them. */
  async *#ids(
    query: SqlQuerySpec,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly string[], void> {
    const pages = this.#container.items.query<string>(query, {
      maxItemCount: PAGE_IDS,
      ...(signal ? { abortSignal: signal } : {}),
    });
    while (pages.hasMoreResults()) {
      const { resources } = await pages.fetchNext();
      yield resources ?? [];
    }
  }

  async #values(
    keys: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, string>> {
    const values = new Map<string, string>();
    for (let from = 0; from < keys.length; from += READS) {
      signal?.throwIfAborted();
      await Promise.all(
        keys.slice(from, from + READS).map(async (key) => {
          const partition = key.slice(0, -':head'.length);
          const { resource } = await this.#container
            .item(key, partition)
            .read<{ readonly value: unknown }>();
          // The component stores a JSON value as what it is; the other stores hold its text.
          if (resource) values.set(key, JSON.stringify(resource.value));
        }),
      );
    }
    return values;
  }

  async close(): Promise<void> {
    this.#client.dispose();
  }
}

/** A token that was got elsewhere, by `az account get-access-token` or a workload's identity. */
function tokenCredential(token: string) {
  return {
    getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
}
