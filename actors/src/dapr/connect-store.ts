import { FencedStore } from '../store/fenced-store.ts';
import { GroupCommit } from '../store/group-commit.ts';
import type { RowStore, RowWrite } from '../store/row-store.ts';
import { DaprRowStore } from './dapr-row-store.ts';
import type { SidecarHttp } from './sidecar-http.ts';
import { storeProfileOf } from './sidecar-metadata.ts';

/**
 * The fenced store on a Dapr state component, with group commit where the store's transactions may span continuations.
 * The sidecar starts after the app, so the component is looked up at the first use.
 */
export function connectStore(http: SidecarHttp, component: string): FencedStore {
  return new FencedStore(connectRows(http, component));
}

/** The rows of a Dapr state component, which is looked up at the first use. */
export function connectRows(http: SidecarHttp, component: string): RowStore {
  return new ComponentRows(http, component);
}

class ComponentRows implements RowStore {
  readonly #http: SidecarHttp;
  readonly #component: string;
  #rows: Promise<RowStore> | undefined;

  constructor(http: SidecarHttp, component: string) {
    this.#http = http;
    this.#component = component;
  }

  async read(partition: string, key: string, signal?: AbortSignal): Promise<string | undefined> {
    return (await this.#connected()).read(partition, key, signal);
  }

  async readMany(
    partition: string,
    keys: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly (string | undefined)[]> {
    return (await this.#connected()).readMany(partition, keys, signal);
  }

  async write(partition: string, writes: readonly RowWrite[], signal?: AbortSignal): Promise<void> {
    return (await this.#connected()).write(partition, writes, signal);
  }

  #connected(): Promise<RowStore> {
    this.#rows ??= this.#connect().catch((error: unknown) => {
      this.#rows = undefined;
      throw error;
    });
    return this.#rows;
  }

  async #connect(): Promise<RowStore> {
    const profile = await storeProfileOf(this.#http, this.#component);
    const rows = new DaprRowStore(this.#http, this.#component, profile);
    // Of a process that died before this one, beside the same sidecar.
    await rows.renewConnections();
    return profile.spansPartitions ? new GroupCommit(rows, { concurrency: profile.writers }) : rows;
  }
}
