import { loadState } from '@maestro/actors';
import {
  MaestroError,
  type ContinuationRef,
  type ContinuationState,
  type ContinuationStore,
  type EventLog,
} from '@maestro/core';

/** The refusal of a continuation that is not there, or not this tenant's. */
export function notFound(ref: ContinuationRef): MaestroError {
  return new MaestroError('continuation.not_found', `there is no continuation ${ref.id}`);
}

/**
 * The state by a strong read.
 *
 * @throws MaestroError `continuation.not_found`.
 */
export async function readState(
  store: ContinuationStore & EventLog,
  ref: ContinuationRef,
): Promise<ContinuationState> {
  const state = await loadState(ref, store, store);
  if (!state) throw notFound(ref);
  return state;
}
