import { CONTINUATION_ACTOR_TYPE, MaestroError } from '@maestro/core';
import { STORE_PROFILES, type StoreProfile } from './dapr-row-store.ts';
import type { SidecarHttp } from './sidecar-http.ts';

interface Metadata {
  readonly actorRuntime?: {
    readonly activeActors?: readonly { readonly type: string }[];
    readonly hostReady?: boolean;
  };
  readonly components?: readonly {
    readonly name: string;
    readonly type: string;
    readonly version?: string;
  }[];
}

/** What the sidecar says about itself. */
export async function readMetadata(http: SidecarHttp): Promise<Metadata> {
  const { status, text } = await http.call('GET', '/v1.0/metadata', { timeoutMs: 2_000 });
  if (status !== 200)
    throw new MaestroError('sidecar.unavailable', `the sidecar's metadata answered ${status}`);
  return JSON.parse(text) as Metadata;
}

/**
 * How the state component has to be asked.
 *
 * @throws MaestroError `component.unsupported` when it is not loaded or cannot hold continuations.
 */
export async function storeProfileOf(http: SidecarHttp, component: string): Promise<StoreProfile> {
  const { components = [] } = await readMetadata(http);
  const found = components.find(({ name }) => name === component);
  if (!found) {
    throw new MaestroError(
      'component.unsupported',
      `the sidecar has no component '${component}'; it has ${components.map(({ name }) => name).join(', ') || 'none'}, and its log says what could not be loaded`,
    );
  }
  const profile = STORE_PROFILES[found.type];
  if (!profile) {
    throw new MaestroError(
      'component.unsupported',
      `'${component}' is ${found.type}, which cannot hold continuations; use one of ${Object.keys(STORE_PROFILES).join(', ')}`,
    );
  }
  return profile;
}

/** Whether the sidecar answers and, if asked for, has registered the continuations' actor type. */
export async function isSidecarReady(
  http: SidecarHttp,
  options: { readonly actors: boolean },
): Promise<boolean> {
  try {
    const { actorRuntime } = await readMetadata(http);
    if (!options.actors) return true;
    return (actorRuntime?.activeActors ?? []).some(({ type }) => type === CONTINUATION_ACTOR_TYPE);
  } catch {
    return false;
  }
}
