import type { SidecarHttp } from '@maestro/actors';
import { deriveContinuationId, type ContinuationRef } from '@maestro/core';
import type { BenchStack } from './bench-stack.ts';
import { TENANT, type Driver } from './driver.ts';

const TIMEOUT_MS = 30_000;

/** Drives the prototype by actor calls through its sidecar. It knows one life and no signals. */
export class PrototypeDriver implements Driver {
  readonly #http: SidecarHttp;

  constructor(stack: BenchStack) {
    this.#http = stack.http;
  }

  async start(key: string): Promise<ContinuationRef> {
    const ref = { tenant: TENANT, id: deriveContinuationId(TENANT, key) };
    const path = `/v1.0/actors/Prototype/${ref.id}/method/start`;
    const { status, text } = await this.#http.call('PUT', path, {
      body: '{}',
      timeoutMs: TIMEOUT_MS,
    });
    if (status !== 200) throw new Error(`the prototype answered ${status}: ${text}`);
    return ref;
  }

  signal(): Promise<void> {
    return Promise.reject(new Error('the prototype takes no signals'));
  }

  async close(): Promise<void> {}
}
