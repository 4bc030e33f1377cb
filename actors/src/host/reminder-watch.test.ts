import { parseActorId } from '@maestro/core';
import { expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { Activation } from '../turn/activation.ts';
import { ReminderWatch } from './reminder-watch.ts';

const START_MS = Date.parse('2026-01-01T00:00:00Z');

function armedAt(atMs: number): Activation {
  const actorId = 'acme.01JB0000000000000000000000';
  const activation = new Activation(parseActorId(actorId), actorId);
  activation.memory = {
    state: null,
    owned: true,
    published: 0,
    calls: [],
    failedRounds: 0,
    done: 0,
    undone: [],
    armed: { name: 'wake.1.x', atMs },
    lease: null,
    tickBeganMs: null,
  };
  return activation;
}

/** Checks every two seconds for a while. @returns when renewals began, in seconds since the start. */
function renewals(watch: ReminderWatch, clock: FakeClock, forSeconds: number): number[] {
  const began: number[] = [];
  const overdue = [armedAt(START_MS)];
  for (let second = 2; second <= forSeconds; second += 2) {
    clock.advanceTo(START_MS + second * 1000);
    if (watch.check(overdue) !== undefined) began.push(second);
  }
  return began;
}

it('renews when a reminder is long overdue and nothing arrives, less and less often', () => {
  const clock = new FakeClock(START_MS);
  expect(renewals(new ReminderWatch(clock), clock, 600)).toEqual([30, 90, 210, 450]);
});

it('is unhealthy for a moment only', () => {
  const clock = new FakeClock(START_MS);
  const watch = new ReminderWatch(clock);
  renewals(watch, clock, 30);
  expect(watch.renewing).toBe(true);
  clock.advanceTo(START_MS + 36_000);
  expect(watch.renewing).toBe(false);
});

it('a callback starts the count anew', () => {
  const clock = new FakeClock(START_MS);
  const watch = new ReminderWatch(clock);
  expect(renewals(watch, clock, 32)).toEqual([30]);
  watch.callbackArrived();
  clock.advanceTo(START_MS + 34_000);
  expect(watch.check([armedAt(START_MS)])).toBeUndefined();
});
