import type { ContinuationRef } from '@maestro/core';

/** What the turn tells operators: one function per event. */
export interface TurnLog {
  /** Another host had written; this host's commit was refused, or was its last one. */
  fenced(ref: ContinuationRef, commitId: string, result: 'conflict' | 'superseded'): void;
  /** This host has taken a continuation over. */
  tookOver(ref: ContinuationRef, generation: number): void;
  /** A turn could not be committed. */
  failed(ref: ContinuationRef, command: string, error: unknown): void;
  /** Effects could not be done; they are tried again. */
  effectsFailed(ref: ContinuationRef, error: unknown): void;
  /** A step's end could not be handed in; it is tried again, or left to the lease. */
  stepNotReported(ref: ContinuationRef, stepId: string, error: unknown): void;
  /** No callback comes and reminders are overdue: the registration with the sidecar is renewed. */
  renewing(lateMs: number): void;
  /** A continuation is long overdue: it is woken, and its reminder armed anew. */
  rearming(ref: ContinuationRef): void;
}

/** Says nothing. */
export const silentLog: TurnLog = {
  fenced: () => undefined,
  tookOver: () => undefined,
  failed: () => undefined,
  effectsFailed: () => undefined,
  stepNotReported: () => undefined,
  renewing: () => undefined,
  rearming: () => undefined,
};

/** The part of a pino logger that {@link logTurns} uses. */
interface Logger {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Writes to a structured logger: fields first, never payloads. */
export function logTurns(log: Logger): TurnLog {
  return {
    fenced: (ref, commitId, result) =>
      log.warn(
        { event: 'commit.fenced', ...ref, commitId, result },
        'another host owns the continuation',
      ),
    tookOver: (ref, generation) =>
      log.debug(
        { event: 'continuation.taken-over', ...ref, generation },
        'took a continuation over',
      ),
    failed: (ref, command, error) =>
      log.warn({ event: 'turn.failed', ...ref, command, err: error }, 'a turn was not committed'),
    effectsFailed: (ref, error) =>
      log.warn({ event: 'effects.failed', ...ref, err: error }, 'effects will be tried again'),
    stepNotReported: (ref, stepId, error) =>
      log.warn(
        { event: 'step.not-reported', ...ref, stepId, err: error },
        'a step could not hand in its end',
      ),
    rearming: (ref) =>
      log.warn({ event: 'reminder.lost', ...ref }, 'overdue by a minute: waking it'),
    renewing: (lateMs) =>
      log.warn(
        { event: 'registration.renewing', lateMs },
        'reminders are overdue and nothing arrives: registering anew',
      ),
  };
}
