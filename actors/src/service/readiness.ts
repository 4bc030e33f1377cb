import { MaestroError } from '@maestro/core';
import type { SidecarHttp } from '../dapr/sidecar-http.ts';
import { isSidecarReady, storeProfileOf } from '../dapr/sidecar-metadata.ts';

/** One thing that has to be right before traffic may come. */
export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly message?: string;
}

/** Asks whether the sidecar answers (and hosts the continuations, where `actors`), and whether its state component can hold them. */
export async function checkReadiness(
  http: SidecarHttp,
  stateComponent: string,
  { actors }: { readonly actors: boolean },
): Promise<readonly ReadinessCheck[]> {
  const sidecar = await isSidecarReady(http, { actors });
  const fault = await storeProfileOf(http, stateComponent).then(
    () => undefined,
    (error: unknown) => MaestroError.from(error),
  );
  const missing = actors
    ? 'the sidecar has not registered the actor type'
    : 'the sidecar does not answer';
  return [
    { name: actors ? 'actors' : 'sidecar', ok: sidecar, ...(sidecar ? {} : { message: missing }) },
    { name: 'state', ok: !fault, ...(fault ? { message: fault.message } : {}) },
  ];
}
