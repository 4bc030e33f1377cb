import {
  canonicalJson,
  fold,
  GENESIS_HASH,
  sealEvent,
  SNAPSHOT_INTERVAL,
  type ContinuationEvent,
  type ContinuationRef,
  type ContinuationState,
  type EventDraft,
  type LogCommit,
} from '@maestro/core';
import { randomSalt } from './random-salt.ts';

/** What the events of a turn are sealed with. */
export interface TurnSeal {
  readonly ref: ContinuationRef;
  readonly state: ContinuationState | null;
  readonly generation: number;
  readonly commitId: string;
  readonly done: number;
  readonly nowMs: number;
  readonly traceId: string;
  readonly cause: string | undefined;
}

/** The commit of a turn, and the state that it leads to. */
export interface SealedTurn {
  readonly commit: LogCommit;
  /** The events of the commit, in order. */
  readonly events: readonly ContinuationEvent[];
  readonly state: ContinuationState;
}

/** Seals and folds the events of a turn, one after the other. */
export function sealTurn(events: readonly EventDraft[], seal: TurnSeal): SealedTurn {
  const at = new Date(seal.nowMs).toISOString();
  const entries: string[] = [];
  const sealedEvents: ContinuationEvent[] = [];
  const snapshots: { sequence: number; state: string }[] = [];
  let { state } = seal;
  for (const draft of events) {
    const sealed = sealEvent(draft, {
      tenant: seal.ref.tenant,
      continuation: seal.ref.id,
      generation: seal.generation,
      sequence: (state?.sequence ?? 0) + 1,
      previous: state?.hash ?? GENESIS_HASH,
      at,
      commit: seal.commitId,
      done: seal.done,
      trace: { traceId: seal.traceId, cause: seal.cause },
      salt: randomSalt(),
    });
    entries.push(sealed.row);
    sealedEvents.push(sealed.event);
    state = fold(state, sealed.event);
    if (state.sequence % SNAPSHOT_INTERVAL === 0) {
      snapshots.push({ sequence: state.sequence, state: canonicalJson(state) });
    }
  }
  if (!state) throw new TypeError('a turn without events cannot be sealed');
  return {
    state,
    events: sealedEvents,
    commit: {
      ref: seal.ref,
      from: seal.state?.sequence ?? 0,
      commitId: seal.commitId,
      entries,
      head: canonicalJson(state),
      snapshots,
    },
  };
}
