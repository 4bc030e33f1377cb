import { awaitsSignal, MAX_SLEEP_MS, type ContinuationState } from '@maestro/core';
import { z } from 'zod';
import type { Command } from './command.ts';

const Skip = z.strictObject({ ms: z.int().min(1).max(MAX_SLEEP_MS) });

/** What a continuation's own clock shows when everybody else's shows `nowMs`, in ms since the epoch. */
export function virtualMs(
  state: Pick<ContinuationState, 'skippedMs'> | null,
  nowMs: number,
): number {
  return nowMs + (state?.skippedMs ?? 0);
}

/** When everybody else's clock shows what a continuation's own shows at `ownMs`, in ms since the epoch. */
export function realMs(state: Pick<ContinuationState, 'skippedMs'> | null, ownMs: number): number {
  return ownMs - (state?.skippedMs ?? 0);
}

/** How far a command puts a continuation's own clock forward, in ms; 0 for everything but a signal `skip`. */
export function skippedMs(command: Command, state: ContinuationState | null): number {
  if (command.kind !== 'signal' || command.signal !== 'skip') return 0;
  if (awaitsSignal(state?.wait?.condition, 'skip')) return 0;
  return Skip.safeParse(command.payload).data?.ms ?? 0;
}
