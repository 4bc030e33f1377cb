import { MaestroError, type Clock } from '@maestro/core';
import type { SidecarHttp } from '../dapr/sidecar-http.ts';
import type { RowStore } from '../store/row-store.ts';
import { probeStore } from '../store/store-probe.ts';
import { isSidecarReady, storeProfileOf } from '../dapr/sidecar-metadata.ts';

/** One thing that has to be right before traffic may come. */
export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly message?: string;
}

/** What readiness depends on besides the sidecar. */
export interface ReadinessOptions {
  /** Whether the sidecar has to host the continuations. */
  readonly actors: boolean;
  /** A trial of the store; rejects with what is wrong. */
  readonly probe?: () => Promise<void>;
}

/** Asks whether the sidecar answers (and hosts the continuations, where `actors`), and whether its state component can hold them. */
export async function checkReadiness(
  http: SidecarHttp,
  stateComponent: string,
  { actors, probe }: ReadinessOptions,
): Promise<readonly ReadinessCheck[]> {
  const sidecar = await isSidecarReady(http, { actors });
  const fault = await storeProfileOf(http, stateComponent)
    .then(() => probe?.())
    .then(
      () => undefined,
      (error: unknown) => MaestroError.from(error),
    );
  const missing = actors
    ? 'the sidecar has not registered the actor type'
    : 'the sidecar does not answer; if it keeps ending, its log names the component that could not be loaded';
  return [
    { name: actors ? 'actors' : 'sidecar', ok: sidecar, ...(sidecar ? {} : { message: missing }) },
    { name: 'state', ok: !fault, ...(fault ? { message: fault.message } : {}) },
  ];
}

/** A trial of the store that is made until it succeeds, and then never again: readiness must not hang on the store's day. */
export function probeOnce(rows: RowStore, component: string, clock: Clock): () => Promise<void> {
  let passed = false;
  return async () => {
    if (passed) return;
    await probeStore(rows, component, clock);
    passed = true;
  };
}
