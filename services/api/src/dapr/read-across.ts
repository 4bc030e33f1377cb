import { DaprRowStore, STORE_PROFILES, type SidecarHttp } from '@maestro/actors';
import type { TenantDirectory } from '@maestro/core';
import type { ReadRows } from '../api-options.ts';

interface Metadata {
  readonly components?: readonly { readonly name: string; readonly type: string }[];
}

/**
 * Reads rows of many continuations of one tenant by one request, where its state component keeps all rows in one place
 * (SQLite, PostgreSQL). The sidecar starts after the app, so a component is looked up at its first use.
 *
 * @param component that of tenants that have none for themselves.
 */
export function readAcross(
  http: SidecarHttp,
  component: string,
  tenants: Pick<TenantDirectory, 'stateComponent'>,
): ReadRows {
  /** Null where rows of different continuations have to be asked for one by one. */
  const known = new Map<string, DaprRowStore | null>();
  return async (keys) => {
    const [first = ''] = keys;
    const tenant = first.slice(0, first.indexOf(':'));
    const name = (await tenants.stateComponent(tenant)) ?? component;
    let rows = known.get(name);
    if (rows === undefined) {
      rows = await rowsAcross(http, name);
      if (rows !== undefined) known.set(name, rows);
    }
    return rows?.readMany('', keys);
  };
}

/** @returns null when rows of different continuations have to be asked for one by one, undefined when that is not known. */
async function rowsAcross(
  http: SidecarHttp,
  component: string,
): Promise<DaprRowStore | null | undefined> {
  const { status, text } = await http.call('GET', '/v1.0/metadata', { timeoutMs: 2_000 });
  if (status !== 200) return undefined;
  const { components = [] } = JSON.parse(text) as Metadata;
  const type = components.find(({ name }) => name === component)?.type;
  if (type === undefined) return undefined;
  const profile = STORE_PROFILES[type];
  return profile?.spansPartitions ? new DaprRowStore(http, component, profile) : null;
}
