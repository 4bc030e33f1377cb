import { ContinuationClient } from '@maestro/actors';
import { deriveContinuationId, type ContinuationRef } from '@maestro/core';
import type { BenchStack } from './bench-stack.ts';
import { spawnCommand, TENANT, type Driver } from './driver.ts';

/** Drives a worker by actor calls through its own sidecar, as other services do. */
export class ActorDriver implements Driver {
  readonly #client: ContinuationClient;

  constructor(stack: BenchStack) {
    this.#client = new ContinuationClient(stack.http);
  }

  async start(
    key: string,
    recipe: string,
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<ContinuationRef> {
    const ref = { tenant: TENANT, id: deriveContinuationId(TENANT, key) };
    await this.#client.send(ref, spawnCommand(recipe, parameters));
    return ref;
  }

  async signal(ref: ContinuationRef, name: string): Promise<void> {
    await this.#client.send(ref, {
      kind: 'signal',
      signal: name,
      requestId: `signal-${ref.id}`,
      by: { subject: 'bench' },
    });
  }

  async close(): Promise<void> {}
}
