import { isErasable, type TenantDirectory } from '@maestro/core';
import type { RowStore, RowWrite } from '../store/row-store.ts';

/**
 * The rows of all tenants, each in the state component that it has for itself, or else in that of the installation. What is about
 * the tenant (document, freeze, audit log ...) is always in the latter: it says where the rest is.
 */
export class TenantRows implements RowStore {
  readonly #installation: RowStore;
  readonly #tenants: Pick<TenantDirectory, 'stateComponent'>;
  readonly #open: (component: string) => RowStore;
  readonly #opened = new Map<string, RowStore>();

  constructor(
    installation: RowStore,
    tenants: Pick<TenantDirectory, 'stateComponent'>,
    open: (component: string) => RowStore,
  ) {
    this.#installation = installation;
    this.#tenants = tenants;
    this.#open = open;
  }

  async read(partition: string, key: string, signal?: AbortSignal): Promise<string | undefined> {
    return (await this.#of(partition)).read(partition, key, signal);
  }

  async readMany(
    partition: string,
    keys: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly (string | undefined)[]> {
    return (await this.#of(partition)).readMany(partition, keys, signal);
  }

  async write(partition: string, writes: readonly RowWrite[], signal?: AbortSignal): Promise<void> {
    await (await this.#of(partition)).write(partition, writes, signal);
  }

  /** @throws MaestroError that it cannot be read, or understood, where the rows are. */
  async #of(partition: string): Promise<RowStore> {
    const tenant = partition.slice(0, partition.indexOf(':'));
    if (!isErasable(tenant, `${partition}:`)) return this.#installation;
    const component = await this.#tenants.stateComponent(tenant);
    if (component === undefined) return this.#installation;
    let rows = this.#opened.get(component);
    if (!rows) {
      rows = this.#open(component);
      this.#opened.set(component, rows);
    }
    return rows;
  }
}
