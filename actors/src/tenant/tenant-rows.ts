import { isErasable, type TenantDirectory } from '@maestro/core';
import type { RowStore, RowWrite } from '../store/row-store.ts';

/**
 * The rows of all tenants, each in the state component that its document names, or else in that of the installation. Document,
 * freeze and audit log are always in the latter: they are what says where the rest is.
 */
export class TenantRows implements RowStore {
  readonly #installation: RowStore;
  readonly #tenants: Pick<TenantDirectory, 'find'>;
  readonly #open: (component: string) => RowStore;
  readonly #opened = new Map<string, RowStore>();

  constructor(
    installation: RowStore,
    tenants: Pick<TenantDirectory, 'find'>,
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

  /** @throws MaestroError that the document cannot be read or understood: where the rows are is not known then. */
  async #of(partition: string): Promise<RowStore> {
    const tenant = partition.slice(0, partition.indexOf(':'));
    if (!isErasable(tenant, `${partition}:`)) return this.#installation;
    const component = (await this.#tenants.find(tenant))?.stateComponent;
    if (component === undefined) return this.#installation;
    let rows = this.#opened.get(component);
    if (!rows) {
      rows = this.#open(component);
      this.#opened.set(component, rows);
    }
    return rows;
  }
}
