import { failureOf } from '../failure.ts';

/** Why one continuation was refused. */
export interface RefusalReport {
  readonly code: string;
  readonly message: string;
}

/** What a thrown value says of one continuation. */
export function refusalOf(thrown: unknown): RefusalReport {
  return failureOf(thrown).error ?? { code: 'failed', message: String(thrown) };
}

/**
 * Whether a failure is no refusal of one continuation but ends the work on all: the API cannot be reached, the token is
 * not good, the disk is full.
 */
export function endsAll(thrown: unknown): boolean {
  const { code } = refusalOf(thrown);
  return code === 'failed' || code === 'sidecar.unavailable' || code.startsWith('auth.');
}
