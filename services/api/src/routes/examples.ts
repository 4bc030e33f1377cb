/** Values that the documentation shows. */
export const EXAMPLE_ID = '01K2M3N4P5Q6R7S8T9V0W1X2Y3';

export const EXAMPLE_GOAL = {
  objective: 'Show that a continuation sleeps and wakes',
  recipe: 'noop@1',
  parameters: { sleepMs: 30_000 },
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
