import { setTimeout as delay } from 'node:timers/promises';

/** Waits, unless the signal aborts first. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
