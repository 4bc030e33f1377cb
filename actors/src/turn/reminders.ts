import { MaestroError, type ContinuationState, type Scheduler } from '@maestro/core';
import type { Activation, Memory } from './activation.ts';
import { realMs } from './virtual-time.ts';

/** How soon effects that could not be done, or that a crash left undone, are tried again, in ms. */
export const COVER_MS = 5_000;

/** How long a commit without an answer may be on its way, in ms. */
export const LATE_COMMIT_MS = 60_000;

/**
 * The reminder of an activation. A host that has lost the continuation, or has never written to it, arms one of its own
 * and cannot move the owner's. Whichever fires, the turn trusts only the head.
 */
function reminderName(generation: number, identity: string): string {
  return `wake.${generation}.${identity}`;
}

/** Whether an activation armed a reminder itself. */
function isOwnReminder({ identity }: Activation, name: string): boolean {
  return name.endsWith(`.${identity}`);
}

/** When a state is due, by everybody's clock. */
function dueOf(state: ContinuationState | null): readonly number[] {
  return typeof state?.dueMs === 'number' ? [realMs(state, state.dueMs)] : [];
}

/** The identity of the activation that wrote a commit. */
function identityOf(commitId: string): string {
  return commitId.slice(0, commitId.lastIndexOf('.'));
}

/**
 * The reminders of activations: a continuation with anything left to do has one that is not too late. They are hints in
 * a store of their own, never fenced; one that is left behind finds nothing to do and ends.
 */
export class Reminders {
  readonly #scheduler: Scheduler;
  /** Nothing is armed for earlier, in ms since the epoch: a host that leaves arms for after the hand-over. */
  notBeforeMs = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /**
   * Covers a commit before it is made, unless what is armed does.
   *
   * @throws MaestroError `sidecar.unavailable` when it cannot be armed: nothing may be committed then.
   */
  async cover(
    activation: Activation,
    memory: Memory,
    next: ContinuationState,
    nowMs: number,
  ): Promise<void> {
    const dues = [...dueOf(memory.state), ...dueOf(next), nowMs + COVER_MS];
    const atMs = Math.min(...dues);
    const name = reminderName(next.generation, activation.identity);
    const { armed } = memory;
    if (armed && armed.name === name && armed.atMs <= Math.max(atMs, nowMs) && armed.atMs > nowMs)
      return;
    await this.#arm(activation, memory, name, atMs);
  }

  /** Arms what is due next, unless it is what is armed and `rearm` is not asked for. */
  async settle(
    activation: Activation,
    memory: Memory,
    dues: readonly number[],
    rearm: boolean,
  ): Promise<void> {
    const { state, armed } = memory;
    if (!state) return;
    if (dues.length === 0) {
      // A sealed one leaves no reminder behind; any other's fires once more and ends.
      if (state.sealed && armed) await this.#disarm(activation, armed.name);
      return;
    }
    const atMs = Math.min(...dues);
    const name = reminderName(state.generation, activation.identity);
    if (!rearm && armed?.name === name && armed.atMs === atMs) return;
    await this.#arm(activation, memory, name, atMs);
  }

  /** Removes the reminder of the owner before this one. */
  async removeOfOwner(activation: Activation, before: ContinuationState): Promise<void> {
    await this.#disarm(activation, reminderName(before.generation, identityOf(before.commit)));
  }

  /**
   * Removes the reminder that has fired, because it would fire again, unless it has been armed anew meanwhile. One of
   * the same generation that is not this activation's is left to its owner, who may be about to commit under it.
   */
  async removeFired(activation: Activation, memory: Memory, fired: string): Promise<void> {
    const { state, armed, owned } = memory;
    if (!state || armed?.name === fired) return;
    const generation = Number(fired.split('.')[1]);
    const own = owned || isOwnReminder(activation, fired);
    if (generation < state.generation || (own && generation === state.generation)) {
      await this.#disarm(activation, fired);
    }
  }

  async #arm(activation: Activation, memory: Memory, name: string, atMs: number): Promise<void> {
    const armedMs = Math.max(atMs, this.notBeforeMs);
    try {
      await this.#scheduler.arm(activation.ref, name, armedMs);
      memory.armed = { name, atMs: armedMs };
    } catch (error) {
      // It may be armed or not: forget, so that the next turn arms anew.
      activation.drop();
      throw new MaestroError(
        'sidecar.unavailable',
        `the reminder of ${activation.ref.id} could not be armed`,
        { cause: error },
      );
    }
  }

  /** Removes a reminder; one that stays finds nothing to do. */
  async #disarm({ ref, memory }: Activation, name: string): Promise<void> {
    if (memory?.armed?.name === name) memory.armed = null;
    await this.#scheduler.disarm(ref, name).catch(() => undefined);
  }
}

/**
 * When to look again after a reminder that found nothing to do: it may have covered a commit whose answer was lost and
 * which is still on its way to the store. Of its own commits an activation knows that; a reminder of another is taken to
 * have covered one until it is old enough for that to be over, and is itself not followed by a third look.
 */
export function lateCommitAtMs(
  activation: Activation,
  fired: string,
  armedAtMs: number | undefined,
  nowMs: number,
): readonly number[] {
  if (isOwnReminder(activation, fired)) {
    return activation.lateUntilMs > nowMs ? [activation.lateUntilMs] : [];
  }
  // None of ours was armed in the future.
  const ageMs = nowMs - (armedAtMs ?? 0);
  if (
    armedAtMs === undefined ||
    ageMs >= LATE_COMMIT_MS - 2 * COVER_MS ||
    ageMs < -LATE_COMMIT_MS
  ) {
    return [];
  }
  return [armedAtMs + LATE_COMMIT_MS];
}
