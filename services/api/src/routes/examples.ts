import type { LineageNode } from '@maestro/client/protocol';

/** Values that the documentation shows. */
export const EXAMPLE_ID = '01K2M3N4P5Q6R7S8T9V0W1X2Y3';

export const EXAMPLE_CHILD_ID = '3QK7V2M9XW4T8R6N5P1A0B2C3D';

export const EXAMPLE_GOAL = {
  objective: 'Show that a continuation sleeps and wakes',
  recipe: 'noop@1',
  parameters: { sleepMs: 30_000 },
};

export const EXAMPLE_NODE: LineageNode = {
  id: EXAMPLE_ID,
  status: 'sleeping',
  recipe: 'noop@1',
  objective: EXAMPLE_GOAL.objective,
  parents: [],
  depth: 0,
  children: 1,
  spentUsd: 0.25,
  capUsd: 2,
  grantedUsd: 0.75,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:05.000Z',
};

const HASH = 'a'.repeat(64);

export const EXAMPLE_EVENT = {
  version: 1,
  type: 'sleep',
  tenant: 'demo',
  continuation: EXAMPLE_ID,
  generation: 1,
  sequence: 4,
  at: '2026-01-01T00:00:00.000Z',
  commit: 'kFh3sJq0pXw1.1',
  done: 0,
  trace: { traceId: '4bf92f3577b34da6a3ce929d0e0e4736' },
  payload: { wake: { kind: 'timer', at: '2026-01-01T00:00:30.000Z' }, step: 'end' },
  salt: 'q2Vw9Zr1tYb8',
  payloadHash: HASH,
  hash: HASH,
};
