import type { FakeClock } from './fake-clock.ts';
import type { ArmedReminder, MemoryScheduler } from './memory-scheduler.ts';

/** Pause before a reminder whose callback failed is delivered again, in ms: as the Dapr scheduler is told to wait. */
const REDELIVERY_MS = 2_000;

/** What the clock's moving on calls for. */
export interface ClockDriver {
  readonly clock: FakeClock;
  readonly scheduler: MemoryScheduler;
  /** Takes a reminder; rejects to have it delivered again. */
  readonly deliver: (reminder: ArmedReminder) => Promise<void>;
  /** Lets everything come to rest that needs no clock. */
  readonly idle: () => Promise<void>;
}

/** Moves a fake clock on and delivers every reminder that falls due, in order of time. */
export async function advanceClock(driver: ClockDriver, ms: number): Promise<void> {
  const { clock, scheduler, deliver, idle } = driver;
  const endMs = clock.nowMs() + ms;
  const notBefore = new Map<ArmedReminder, number>();
  const dueMs = (reminder: ArmedReminder): number =>
    Math.max(reminder.atMs, notBefore.get(reminder) ?? 0);
  for (;;) {
    await idle();
    const [next] = scheduler
      .armed()
      .filter((reminder) => dueMs(reminder) <= endMs)
      .sort((a, b) => dueMs(a) - dueMs(b));
    if (!next) break;
    clock.advanceTo(dueMs(next));
    const delivered = await scheduler.deliver(next, deliver);
    if (!delivered) notBefore.set(next, clock.nowMs() + REDELIVERY_MS);
  }
  clock.advanceTo(endMs);
}
