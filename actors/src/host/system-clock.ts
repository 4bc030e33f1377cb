import type { Clock } from '@maestro/core';

/** The machine's clock. */
export const systemClock: Clock = { nowMs: () => Date.now() };
