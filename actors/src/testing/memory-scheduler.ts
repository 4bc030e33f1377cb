import { actorIdOf, type ContinuationRef, type Scheduler } from '@maestro/core';
import type { FakeClock } from './fake-clock.ts';

/** A reminder that is armed. */
export interface ArmedReminder {
  readonly actorId: string;
  readonly name: string;
  readonly atMs: number;
  readonly armedAtMs: number;
}

/** Reminders in memory, fired by hand as the fake clock moves; a failed delivery leaves the reminder armed. */
export class MemoryScheduler implements Scheduler {
  readonly #clock: FakeClock;
  readonly #armed = new Map<string, ArmedReminder>();
  /** Counts what was asked for. */
  readonly calls = { arm: 0, disarm: 0 };

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async arm(ref: ContinuationRef, name: string, atMs: number): Promise<void> {
    this.calls.arm++;
    const actorId = actorIdOf(ref);
    this.#armed.set(`${actorId}/${name}`, { actorId, name, atMs, armedAtMs: this.#clock.nowMs() });
  }

  async disarm(ref: ContinuationRef, name: string): Promise<void> {
    this.calls.disarm++;
    this.#armed.delete(`${actorIdOf(ref)}/${name}`);
  }

  /** Everything that is armed, soonest first. */
  armed(): readonly ArmedReminder[] {
    return [...this.#armed.values()].sort((a, b) => a.atMs - b.atMs);
  }

  /** Loses everything, as a scheduler whose data folder was deleted does. */
  wipe(): void {
    this.#armed.clear();
  }

  /** Delivers one reminder; one that was armed again during its callback stays. */
  async deliver(
    reminder: ArmedReminder,
    callback: (reminder: ArmedReminder) => Promise<void>,
  ): Promise<boolean> {
    try {
      await callback(reminder);
    } catch {
      return false;
    }
    const key = `${reminder.actorId}/${reminder.name}`;
    if (this.#armed.get(key) === reminder) this.#armed.delete(key);
    return true;
  }
}
