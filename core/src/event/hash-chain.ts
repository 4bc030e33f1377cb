import { canonicalJson } from '../canonical/canonical-json.ts';
import { sha256Hex } from '../canonical/sha256.ts';
import type { EventEnvelope, StoredEvent } from './stored-event.ts';

/** The hash before the first event. */
export const GENESIS_HASH = '0'.repeat(64);

/** H(salt, payload): hash of a payload, salted so that it cannot be guessed from the outside. */
export function payloadHashOf(salt: string, payload: unknown): string {
  return sha256Hex(`${salt}\n${canonicalJson(payload)}`);
}

/** H(previous, envelope, payload hash): the link from one event to the one before. */
export function linkHashOf(previous: string, envelope: EventEnvelope, payloadHash: string): string {
  return sha256Hex(`${previous}\n${canonicalJson(envelope)}\n${payloadHash}`);
}

/** A place where a log does not verify. */
export interface ChainFault {
  readonly sequence: number;
  readonly reason: 'gap' | 'payload' | 'link' | 'foreign' | 'generation';
  readonly message: string;
}

/** Where a chain stands: the hash, sequence and generation of the last event that was checked. */
export interface ChainPosition {
  readonly hash: string;
  readonly sequence: number;
  readonly generation: number;
}

/** The position before the first event. */
export const CHAIN_START: ChainPosition = { hash: GENESIS_HASH, sequence: 0, generation: 1 };

/**
 * Checks that an event follows on a position: no gap, same continuation, generations that never fall, payload and
 * link hashes that agree. An erased payload (salt and payload null) is accepted as redacted: its hash still links.
 *
 * @returns the new position, or the fault.
 */
export function checkLink(
  position: ChainPosition,
  event: StoredEvent,
  owner: { readonly tenant: string; readonly id: string },
): { readonly position: ChainPosition } | { readonly fault: ChainFault } {
  const fault = (reason: ChainFault['reason'], message: string) => ({
    fault: { sequence: position.sequence + 1, reason, message },
  });
  const { payload, salt, payloadHash, hash, ...envelope } = event;
  if (event.sequence !== position.sequence + 1) {
    return fault('gap', `expected event ${position.sequence + 1}, found ${event.sequence}`);
  }
  if (event.tenant !== owner.tenant || event.continuation !== owner.id) {
    return fault('foreign', `the event belongs to ${event.tenant}/${event.continuation}`);
  }
  if (event.generation < position.generation) {
    return fault(
      'generation',
      `generation falls from ${position.generation} to ${event.generation}`,
    );
  }
  const intact = salt === null ? payload === null : payloadHashOf(salt, payload) === payloadHash;
  if (!intact) {
    return fault('payload', 'the payload is not what was written');
  }
  if (linkHashOf(position.hash, envelope, payloadHash) !== hash) {
    return fault('link', 'the event is not what was written, or one before it was changed');
  }
  return { position: { hash, sequence: event.sequence, generation: event.generation } };
}
