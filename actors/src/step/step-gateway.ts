import type { ContinuationRef } from '@maestro/core';
import type { CommandOf } from '../turn/command.ts';

/**
 * How a detached step speaks to its continuation, wherever that lives by now: by actor calls, since the actor may
 * have moved to another host while the step runs.
 */
export interface StepGateway {
  /** @returns whether the attempt may go on. */
  heartbeat(ref: ContinuationRef, stepId: string, attempt: number): Promise<'continue' | 'abort'>;

  /** Hands the result in; resolves once it is stored or known to be of no interest. */
  finish(ref: ContinuationRef, command: CommandOf<'finish-step'>): Promise<void>;
}
