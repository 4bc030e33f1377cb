import type { ContinuationRef } from '@maestro/core';
import type { Command, CommandOf } from '../turn/command.ts';

/**
 * How a detached step speaks to its continuation, wherever that lives by now, and a continuation to others: by actor calls,
 * since an actor may move to another host at any time.
 */
export interface StepGateway {
  /** @returns whether the attempt may go on. */
  heartbeat(ref: ContinuationRef, stepId: string, attempt: number): Promise<'continue' | 'abort'>;

  /** Hands the result in; resolves once it is stored or known to be of no interest. */
  finish(ref: ContinuationRef, command: CommandOf<'finish-step'>): Promise<void>;

  /** Says something to a continuation; resolves once it is committed there. */
  tell(ref: ContinuationRef, command: Command): Promise<void>;
}
