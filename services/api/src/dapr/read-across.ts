import { DaprRowStore, STORE_PROFILES, type SidecarHttp } from '@maestro/actors';
import type { ReadRows } from '../api-options.ts';

interface Metadata {
  readonly components?: readonly { readonly name: string; readonly type: string }[];
}

/**
 * Reads rows of many continuations by one request, where the state component keeps all rows in one place (SQLite,
 * PostgreSQL). The sidecar starts after the app, so the component is looked up at the first use.
 */
export function readAcross(http: SidecarHttp, component: string): ReadRows {
  let rows: DaprRowStore | null | undefined;
  return async (keys) => {
    if (rows === null) return undefined;
    rows ??= await rowsAcross(http, component);
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
