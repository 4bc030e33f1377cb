import { describe, expect, it } from 'vitest';
import type { ContinuationRef } from '../continuation/identifiers.ts';
import { deriveContinuationId } from '../continuation/identifiers.ts';
import type { Scheduler } from '../ports/scheduler.ts';

/** What the suite runs against. */
export interface SchedulerUnderTest {
  readonly scheduler: Scheduler;
  readonly nowMs: () => number;
  /** Lets a time pass: sleeps, or moves a fake clock on. */
  readonly pass: (ms: number) => Promise<void>;
  /** Names of the reminders that fired for a continuation so far. */
  readonly fired: (ref: ContinuationRef) => readonly string[];
  /** Makes the next `count` callbacks fail. */
  readonly failNext: (count: number) => void;
}

let made = 0;

/** A continuation that no other case uses. */
function freshRef(): ContinuationRef {
  return {
    tenant: 'contract',
    id: deriveContinuationId('scheduler', `${Date.now()}-${made++}`),
  };
}

/** The conformance suite of `Scheduler`. */
export function schedulerContract(name: string, open: () => Promise<SchedulerUnderTest>): void {
  describe(`scheduler contract: ${name}`, () => {
    it('fires when it is due and not before', async () => {
      const { scheduler, nowMs, pass, fired } = await open();
      const ref = freshRef();
      await scheduler.arm(ref, 'wake.1', nowMs() + 1500);
      await pass(700);
      expect(fired(ref)).toEqual([]);
      await pass(2500);
      expect(fired(ref)).toEqual(['wake.1']);
    });

    it('fires at once what is due in the past', async () => {
      const { scheduler, nowMs, pass, fired } = await open();
      const ref = freshRef();
      await scheduler.arm(ref, 'wake.1', nowMs() - 60_000);
      await pass(1500);
      expect(fired(ref)).toEqual(['wake.1']);
    });

    it('moves a reminder that is armed again', async () => {
      const { scheduler, nowMs, pass, fired } = await open();
      const ref = freshRef();
      await scheduler.arm(ref, 'wake.1', nowMs() + 600);
      await scheduler.arm(ref, 'wake.1', nowMs() + 3000);
      await pass(1800);
      expect(fired(ref)).toEqual([]);
      await pass(3000);
      expect(fired(ref)).toEqual(['wake.1']);
    });

    it('does not fire what was disarmed, and forgives disarming what is not there', async () => {
      const { scheduler, nowMs, pass, fired } = await open();
      const ref = freshRef();
      await scheduler.arm(ref, 'wake.1', nowMs() + 800);
      await scheduler.disarm(ref, 'wake.1');
      await scheduler.disarm(ref, 'wake.2');
      await pass(2500);
      expect(fired(ref)).toEqual([]);
    });

    it('fires again what was neither armed anew nor disarmed, until it is', async () => {
      const { scheduler, nowMs, pass, fired } = await open();
      const ref = freshRef();
      await scheduler.arm(ref, 'wake.1', nowMs() + 500);
      await pass(13_000);
      expect(fired(ref)).toEqual(['wake.1', 'wake.1']);
      await scheduler.disarm(ref, 'wake.1');
      await pass(10_000);
      expect(fired(ref)).toEqual(['wake.1', 'wake.1']);
    }, 60_000);

    it('delivers again what failed, more often than Dapr does by default', async () => {
      const { scheduler, nowMs, pass, fired, failNext } = await open();
      const ref = freshRef();
      failNext(6);
      await scheduler.arm(ref, 'wake.1', nowMs() + 100);
      await pass(16_000);
      // Once or twice: the next repetition may have fallen due meanwhile.
      expect([['wake.1'], ['wake.1', 'wake.1']]).toContainEqual(fired(ref));
    }, 60_000);
  });
}
