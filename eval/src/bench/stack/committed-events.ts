import { setTimeout as delay } from 'node:timers/promises';
import type { BenchStack } from './bench-stack.ts';

const POLL_MS = 50;

/** How many events of a type the application has committed since it started, by its own counter. */
export async function committedEvents(stack: BenchStack, type: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${stack.app.appPort}/metrics`);
  const text = await response.text();
  const line = new RegExp(`^maestro_events_committed_total\\{type="${type}"\\} (\\S+)$`, 'm');
  return Number(line.exec(text)?.[1] ?? 0);
}

/**
 * Waits until `wanted` events of a type are committed; asks every 50 ms, so the instant it returns is at most that
 * much too late.
 *
 * @throws Error when nothing has moved for `stallMs`.
 */
export async function waitCommitted(
  stack: BenchStack,
  type: string,
  wanted: number,
  stallMs = 45_000,
): Promise<void> {
  let before = -1;
  let movedAt = performance.now();
  for (;;) {
    const count = await committedEvents(stack, type);
    if (count >= wanted) return;
    if (count !== before) movedAt = performance.now();
    before = count;
    if (performance.now() - movedAt > stallMs) {
      throw new Error(`${count} of ${wanted} ${type} events, and none in ${stallMs / 1000} s`);
    }
    await delay(POLL_MS);
  }
}
