import { canonicalJson } from '../canonical/canonical-json.ts';
import type { ContinuationRef } from '../continuation/identifiers.ts';
import type { ContinuationState } from '../continuation/continuation-state.ts';
import type { EventDraft } from '../event/event-payloads.ts';
import { GENESIS_HASH } from '../event/hash-chain.ts';
import { sealEvent } from '../event/seal.ts';
import { fold } from '../log/fold.ts';
import { newBudget } from '../budget/budget.ts';
import { rootLineage } from '../lineage/lineage.ts';
import type { LogCommit } from '../ports/continuation-store.ts';

/** A commit as a turn makes it, and the state that it leads to. */
export interface SampleCommit {
  readonly commit: LogCommit;
  readonly state: ContinuationState;
}

/**
 * Makes the commit that follows on a state: a spawn when there is none, then signals of a person; real events with a
 * real chain, so that what a store returns can be verified.
 */
export function sampleCommit(
  ref: ContinuationRef,
  before: ContinuationState | null,
  options: { readonly commitId: string; readonly events?: number; readonly generation?: number },
): SampleCommit {
  let state = before;
  const entries: string[] = [];
  for (let index = 0; index < (options.events ?? 1); index++) {
    const sealed = sealEvent(
      state ? signalDraft(`${options.commitId}/${index}`) : spawnDraft(ref),
      {
        tenant: ref.tenant,
        continuation: ref.id,
        generation: options.generation ?? before?.generation ?? 1,
        sequence: (state?.sequence ?? 0) + 1,
        previous: state?.hash ?? GENESIS_HASH,
        at: '2026-01-01T00:00:00.000Z',
        commit: options.commitId,
        done: 0,
        trace: { traceId: 'a'.repeat(32) },
        salt: 'sample-salt',
      },
    );
    entries.push(sealed.row);
    state = fold(state, sealed.event);
  }
  if (!state) throw new TypeError('a commit has at least one event');
  return {
    state,
    commit: {
      ref,
      from: before?.sequence ?? 0,
      commitId: options.commitId,
      entries,
      head: canonicalJson(state),
      snapshots: [],
    },
  };
}

function spawnDraft(ref: ContinuationRef): EventDraft {
  return {
    type: 'spawn',
    payload: {
      goal: { objective: 'a sample', recipe: 'sample@1', sensitivity: 'internal', parameters: {} },
      budget: newBudget(1_000_000),
      lineage: rootLineage(ref.id),
      requestedBy: { subject: 'sample' },
      requestHash: '0'.repeat(64),
      firstStep: 'begin',
      recipeState: null,
    },
  };
}

function signalDraft(requestId: string): EventDraft {
  return {
    type: 'human_signal',
    payload: {
      signal: 'sample',
      requestId,
      requestHash: '0'.repeat(64),
      by: { subject: 'sample' },
    },
  };
}
