import type { ContinuationRef } from '../continuation/identifiers.ts';

/**
 * Calls a continuation back at a time, and a few times more, some seconds apart: a call that seems to have succeeded
 * may never have reached anybody. So what has fired is armed anew or disarmed. One reminder per name; arming a name
 * again moves it.
 */
export interface Scheduler {
  /** Durable when it returns: survives the death of every process. A time in the past fires at once. */
  arm(ref: ContinuationRef, name: string, atMs: number): Promise<void>;

  /** Removes a reminder; one that does not exist is no error. */
  disarm(ref: ContinuationRef, name: string): Promise<void>;
}
