import type { Command } from '@maestro/actors';
import { GoalFrame, type ContinuationRef } from '@maestro/core';
import { createHash } from 'node:crypto';

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

/** The command that the API sends for a `POST /continuations`. */
export function spawnCommand(
  recipe: string,
  parameters: Readonly<Record<string, unknown>>,
): Command {
  const goal = benchGoal(recipe, parameters);
  return {
    kind: 'spawn',
    goal: GoalFrame.parse(goal),
    requestedBy: { subject: 'bench' },
    requestHash: createHash('sha256').update(JSON.stringify(goal)).digest('hex'),
  };
}
