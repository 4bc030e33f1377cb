import { actorIdOf, topicActorId, type ContinuationRef, type Scheduler } from '@maestro/core';
import type { TopicReminders } from '../topic/topic-host.ts';
import type { FakeClock } from './fake-clock.ts';

/** A reminder that is armed. */
export interface ArmedReminder {
  readonly actorId: string;
  readonly name: string;
  readonly atMs: number;
  readonly armedAtMs: number;
  /** How often it fires yet. */
  readonly firings: number;
}

/** As Dapr's are armed: see `DaprScheduler`. */
const FIRINGS = 3;
const AGAIN_MS = 10_000;

/**
 * Reminders in memory, fired by hand as the fake clock moves. A failed delivery leaves the reminder armed; one that
 * succeeded fires again later, up to three times in all, unless it was armed anew or removed.
 */
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
    this.#arm(actorIdOf(ref), name, atMs);
  }

  #arm(actorId: string, name: string, atMs: number): void {
    const armedAtMs = this.#clock.nowMs();
    const reminder = { actorId, name, atMs, armedAtMs, firings: FIRINGS };
    this.#armed.set(`${actorId}/${name}`, reminder);
  }

  async disarm(ref: ContinuationRef, name: string): Promise<void> {
    this.calls.disarm++;
    this.#armed.delete(`${actorIdOf(ref)}/${name}`);
  }

  /** The reminders of topics, kept beside those of continuations. */
  readonly ofTopics: TopicReminders = {
    arm: async (ref, name, atMs) => this.#arm(topicActorId(ref), name, atMs),
    disarm: async (ref, name) => void this.#armed.delete(`${topicActorId(ref)}/${name}`),
  };

  /** Everything that is armed, soonest first. */
  armed(): readonly ArmedReminder[] {
    return [...this.#armed.values()].sort((a, b) => a.atMs - b.atMs);
  }

  /** Loses everything, as a scheduler whose data folder was deleted does. */
  wipe(): void {
    this.#armed.clear();
  }

  /** Delivers one reminder; one that was armed again during its callback stays as it was armed. */
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
    if (this.#armed.get(key) !== reminder) return true;
    const firings = reminder.firings - 1;
    if (firings === 0) this.#armed.delete(key);
    else this.#armed.set(key, { ...reminder, atMs: this.#clock.nowMs() + AGAIN_MS, firings });
    return true;
  }
}
