import { MaestroError } from '@maestro/core';
import { StoreNotFound } from '@maestro/stores';
import { CommanderError } from 'commander';

/** The command was written wrongly: exit code 2. */
export class UsageError extends Error {}

/** The command did its work and the answer is no: exit code 1, the output has said why. */
export class NegativeResult extends Error {}

/** The command would do harm as it is: exit code 1, with a code of the command line's own. */
export class Refusal extends Error {
  readonly code: `${string}.${string}`;

  constructor(code: `${string}.${string}`, message: string) {
    super(message);
    this.code = code;
  }
}

/** How a failed command ends. */
export interface Failure {
  readonly exitCode: 0 | 1 | 2;
  /** What to tell; undefined when everything has been said. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** What a thrown value means for the caller of the command line. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof CommanderError) return { exitCode: thrown.exitCode === 0 ? 0 : 2 };
  if (thrown instanceof NegativeResult) return { exitCode: 1 };
  if (thrown instanceof UsageError || thrown instanceof StoreNotFound) {
    return { exitCode: 2, error: { code: 'usage', message: thrown.message } };
  }
  if (thrown instanceof MaestroError || thrown instanceof Refusal) {
    const { code, message } = thrown;
    return { exitCode: 1, error: { code, message } };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { exitCode: 1, error: { code: 'failed', message } };
}
