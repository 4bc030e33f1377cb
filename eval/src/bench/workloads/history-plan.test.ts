import { describe, expect, it } from 'vitest';
import { pausesAt, ticksFor } from './history-plan.ts';

describe('the plan of a history', () => {
  it('counts the events up to each pause', () => {
    expect(pausesAt([0])).toEqual([4]);
    expect(pausesAt([2])).toEqual([10]);
    expect(pausesAt([0, 0, 1])).toEqual([4, 8, 15]);
  });

  it.each([100, 1_000, 10_000])('comes close to %i events', (events) => {
    const pauses = pausesAt(ticksFor(events));
    expect(pauses[0]).toBe(4);
    expect(events - (pauses.at(-1) ?? 0)).toBeGreaterThanOrEqual(0);
    expect(events - (pauses.at(-1) ?? 0)).toBeLessThan(3);
  });

  it('pauses 99 events behind a snapshot where the log is long enough', () => {
    expect(pausesAt(ticksFor(1_000))).toContain(299);
    expect(pausesAt(ticksFor(100))).toHaveLength(2);
  });
});
