import {
  fold,
  GENESIS_HASH,
  newBudget,
  rootLineage,
  sealEvent,
  type ContinuationState,
  type EventDraft,
  type StoredEvent,
} from '@maestro/core';

/** Whose log the sample is. */
export const SAMPLE = { tenant: 'acme', id: '01J00000000000000000000000' } as const;

const DRAFTS: readonly EventDraft[] = [
  {
    type: 'spawn',
    payload: {
      goal: { objective: 'try it', recipe: 'wait@1', sensitivity: 'internal', parameters: {} },
      budget: newBudget(5_000_000),
      lineage: rootLineage(SAMPLE.id),
      requestedBy: { subject: 'alice' },
      requestHash: 'a'.repeat(64),
      firstStep: 'ask',
      recipeState: {},
    },
  },
  {
    type: 'wake',
    payload: {
      cause: { kind: 'spawn', causeId: `spawn:${SAMPLE.id}` },
      waitId: null,
      tick: 1,
      lateMs: 0,
      pending: [],
    },
  },
  {
    type: 'step',
    payload: {
      phase: 'finished',
      step: 'ask',
      stepId: 'ask#1',
      attempt: 1,
      outcome: { kind: 'sleep', wake: { kind: 'human', signal: 'go' }, step: 'answer' },
    },
  },
  { type: 'sleep', payload: { wake: { kind: 'human', signal: 'go' }, step: 'answer' } },
  {
    type: 'human_signal',
    payload: { signal: 'kill', requestId: 'r1', by: { subject: 'alice' } },
  },
  { type: 'kill', payload: { reason: 'requested' } },
];

/** A short log, and the state that it folds to. */
export function sampleLog(): { readonly events: StoredEvent[]; readonly state: ContinuationState } {
  const events: StoredEvent[] = [];
  let state: ContinuationState | null = null;
  for (const [index, draft] of DRAFTS.entries()) {
    const { event } = sealEvent(draft, {
      tenant: SAMPLE.tenant,
      continuation: SAMPLE.id,
      generation: 1,
      sequence: index + 1,
      previous: events.at(-1)?.hash ?? GENESIS_HASH,
      at: new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString(),
      commit: 'host.1',
      done: 0,
      trace: { traceId: '4bf92f3577b34da6a3ce929d0e0e4736' },
      salt: `salt-${index}`,
    });
    events.push(event);
    state = fold(state, event);
  }
  if (!state) throw new Error('the sample is empty');
  return { events, state };
}
