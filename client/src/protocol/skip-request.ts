import { ContinuationStatus, Instant, MAX_SLEEP_MS } from '@maestro/core';
import { z } from 'zod';

/** Body of `POST /continuations/{id}/skip`. */
export const SkipRequest = z.strictObject({
  /** How far its own clock is put forward, in ms. */
  ms: z.int().min(1).max(MAX_SLEEP_MS),
});
export type SkipRequest = z.infer<typeof SkipRequest>;

/** Answer of `POST /continuations/{id}/skip`. */
export const SkipAnswer = z.object({
  /** How far it was put forward, in ms: less than asked for when it has ended, or when a step took too long. */
  skippedMs: z.int().min(0),
  status: ContinuationStatus,
  tick: z.int().min(0),
  /** What its own clock shows. */
  now: Instant,
});
export type SkipAnswer = z.infer<typeof SkipAnswer>;
