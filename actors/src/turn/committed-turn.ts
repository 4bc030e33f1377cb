import { MaestroError, type ContinuationState } from '@maestro/core';
import type { Activation, Memory } from './activation.ts';
import type { Command, Reply } from './command.ts';

/** A turn whose events, if there are any, are stored. */
export interface CommittedTurn {
  readonly reply: Reply;
  /** Null when the activation was superseded. */
  readonly memory: Memory | null;
  /** The state before the turn. */
  readonly before: ContinuationState | null;
  /** Whether a freeze keeps back what was to be done. */
  readonly held?: boolean;
}

/**
 * The turn of a tenant of which there is nothing any more: a reminder finds nothing and ends.
 *
 * @throws MaestroError `tenant.deleted` for whatever else there is.
 */
export function nobody(activation: Activation, command: Command): CommittedTurn {
  // Nothing of it is to be looked after any more.
  activation.drop();
  if (command.kind !== 'wake') {
    throw new MaestroError('tenant.deleted', `the tenant ${activation.ref.tenant} was deleted`);
  }
  return { reply: { kind: 'woken', found: false }, memory: null, before: null };
}
