import type { Clock } from '@maestro/core';
import type { RowStore } from '../store/row-store.ts';
import { probeStore } from '../store/store-probe.ts';
import { StoredTenants } from '../tenant/stored-tenants.ts';
import { TenantRows } from '../tenant/tenant-rows.ts';
import { connectRows } from './connect-store.ts';
import type { SidecarHttp } from './sidecar-http.ts';

/** Where tenants and their rows are. */
export interface ConnectedTenants {
  /** Rows of the state component of the installation. */
  readonly installation: RowStore;
  readonly tenants: StoredTenants;
  /** Rows of every tenant, wherever they are. */
  readonly rows: RowStore;
  /**
   * Tries a state component that a tenant is to have for itself.
   *
   * @throws MaestroError `component.unsupported`, or, retryable, that it does not answer.
   */
  readonly checkStore: (component: string) => Promise<void>;
}

/** Connects to tenants by the state component of an installation; others are connected to at their first use. */
export function connectTenants(
  http: SidecarHttp,
  component: string,
  clock: Clock,
): ConnectedTenants {
  const installation = connectRows(http, component);
  const tenants = new StoredTenants(installation, clock);
  const open = (name: string): RowStore => connectRows(http, name);
  return {
    installation,
    tenants,
    rows: new TenantRows(installation, tenants, open),
    checkStore: (name) => probeStore(open(name), name, clock),
  };
}
