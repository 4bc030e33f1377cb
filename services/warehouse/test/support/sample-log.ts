import { deriveContinuationId, type ContinuationRef, type ContinuationState } from '@maestro/core';
import { sampleCommit } from '@maestro/core/testing';

let made = 0;

/** A continuation that no other test has. */
export function newRef(tenant = 'acme'): ContinuationRef {
  return { tenant, id: deriveContinuationId(tenant, `sample-${Date.now()}-${made++}`) };
}

/** A log with a real chain, and the state that it folds to. */
export interface SampleLog {
  readonly ref: ContinuationRef;
  readonly rows: readonly string[];
  readonly state: ContinuationState;
}

/** A log of so many events; another commit id makes another log in the same place. */
export function sampleLog(events: number, ref = newRef(), commitId = 'host.1'): SampleLog {
  const { commit, state } = sampleCommit(ref, null, { commitId, events });
  return { ref, rows: commit.entries, state };
}
