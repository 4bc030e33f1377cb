import { ContinuationStatus, JsonValue, SignalName } from '@maestro/core';
import { z } from 'zod';

/** Body of `POST /continuations/{id}/signals`. */
export const SignalRequest = z.strictObject({
  /** `kill`, `pause`, `resume`, for operators `seal` and `unseal`, or the signal that the continuation waits for. */
  signal: SignalName,
  /** Why; personal data, kept out of the log. */
  note: z.string().max(4000).optional(),
  /** What the step that goes on gets to see. */
  payload: JsonValue.optional(),
});
export type SignalRequest = z.infer<typeof SignalRequest>;

/** Answer of `POST /continuations/{id}/signals`. */
export const SignalAnswer = z.object({
  /** False when nothing had to be done: a repeated request, or a pause of what is paused. */
  changed: z.boolean(),
  status: ContinuationStatus,
  /** Sequence of the last event. */
  sequence: z.int().min(1),
});
export type SignalAnswer = z.infer<typeof SignalAnswer>;

/** Answer of `POST /continuations/{id}/wake`. */
export const WakeAnswer = z.object({
  /** It has looked whether anything is due, and its reminder is armed. */
  woken: z.literal(true),
});
export type WakeAnswer = z.infer<typeof WakeAnswer>;
