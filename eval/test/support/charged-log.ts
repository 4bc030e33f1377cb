import {
  deriveContinuationId,
  fold,
  GENESIS_HASH,
  newBudget,
  rootLineage,
  sealEvent,
  type ContinuationRef,
  type ContinuationState,
  type EventDraft,
} from '@maestro/core';
import type { MaestroClient } from '@maestro/client';

/** Brings a finished continuation into a store that was charged for a model, which no recipe is yet. */
export async function importCharged(
  client: MaestroClient,
  tenant: string,
  microUsd: number,
): Promise<void> {
  const ref = { tenant, id: deriveContinuationId(tenant, 'charged') };
  const { rows, state } = chargedLog(ref, microUsd);
  await client.importRows(ref.id, { from: 1, rows });
  await client.finishImport(ref.id, { sequence: state.sequence, hash: state.hash });
}

function chargedLog(
  ref: ContinuationRef,
  microUsd: number,
): { readonly rows: string[]; readonly state: ContinuationState } {
  let state: ContinuationState | null = null;
  const rows: string[] = [];
  for (const [index, draft] of draftsOf(ref, microUsd).entries()) {
    const sealed = sealEvent(draft, {
      tenant: ref.tenant,
      continuation: ref.id,
      generation: 1,
      sequence: index + 1,
      previous: state?.hash ?? GENESIS_HASH,
      at: new Date().toISOString(),
      commit: `elsewhere.${index}`,
      done: index,
      trace: { traceId: 'b'.repeat(32) },
      salt: `salt-${index}`,
    });
    rows.push(sealed.row);
    state = fold(state, sealed.event);
  }
  if (!state) throw new TypeError('a log has at least one event');
  return { rows, state };
}

function draftsOf(ref: ContinuationRef, microUsd: number): readonly EventDraft[] {
  return [
    {
      type: 'spawn',
      payload: {
        goal: {
          objective: 'be charged',
          recipe: 'noop@1',
          sensitivity: 'internal',
          parameters: {},
        },
        budget: newBudget(1_000_000),
        lineage: rootLineage(ref.id),
        requestedBy: { subject: 'alice' },
        requestHash: '0'.repeat(64),
        firstStep: 'begin',
        recipeState: null,
      },
    },
    {
      type: 'budget_charge',
      payload: {
        stepId: 'begin#1',
        attempt: 1,
        tier: 'haiku',
        microUsd,
        inputTokens: 10,
        outputTokens: 5,
        latencyMs: 12.5,
        runtime: 'maestro',
      },
    },
    { type: 'kill', payload: { reason: 'requested' } },
  ];
}
