import { ContinuationClient } from '@maestro/actors';
import { deriveContinuationId, type ContinuationRef } from '@maestro/core';
import { createHash } from 'node:crypto';
import type { BenchStack } from './bench-stack.ts';

/** What a client asks of the stack. */
export interface Driver {
  /** Starts a continuation; when this returns it is committed. */
  start(
    key: string,
    recipe: string,
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<ContinuationRef>;
  /** Sends a signal; when this returns what followed from it is committed. */
  signal(ref: ContinuationRef, name: string): Promise<void>;
  close(): Promise<void>;
}

/** Tenant of all benchmarks. */
export const TENANT = 'bench';

/** The goal frame of the benchmarks. */
export function benchGoal(
  recipe: string,
  parameters: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return { objective: 'Measure one life', recipe, sensitivity: 'internal', parameters };
}

/** Drives a worker by actor calls through its own sidecar. */
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

/** The command that the API sends for a `POST /continuations`. */
export function spawnCommand(
  recipe: string,
  parameters: Readonly<Record<string, unknown>>,
): Parameters<ContinuationClient['send']>[1] {
  const goal = benchGoal(recipe, parameters);
  return {
    kind: 'spawn',
    goal: goal as never,
    requestedBy: { subject: 'bench' },
    requestHash: createHash('sha256').update(JSON.stringify(goal)).digest('hex'),
  };
}

/** Connects a client in the way that was asked for. */
export async function connectDriver(stack: BenchStack): Promise<Driver> {
  if (stack.via === 'api')
    throw new Error('--via api needs the standalone service; use --via actors');
  return new ActorDriver(stack);
}
