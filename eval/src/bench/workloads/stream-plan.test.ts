import { describe, expect, it } from 'vitest';
import { BATCH, batchOf, expectedWakes, itemId, wokenBy } from './stream-plan.ts';

const FULL = { subscriptions: 10_000, itemsPerSecond: 1000, seconds: 30 };

describe('the plan of a stream', () => {
  it.each([FULL, { subscriptions: 500, itemsPerSecond: 100, seconds: 5 }])(
    'has one item in a hundred wake somebody, each somebody else: %j',
    (plan) => {
      const expected = expectedWakes(plan);
      expect(expected.size).toBe((plan.itemsPerSecond * plan.seconds) / 100);
      expect(Math.max(...expected.keys())).toBeLessThan(plan.subscriptions);
    },
  );

  it('gives the items to calls in order, each with the topic of whom it wakes', () => {
    const [first] = batchOf(3, FULL);
    expect(first?.id).toBe(itemId(3 * BATCH));
    expect(first?.attributes).toEqual({ topic: `t-${wokenBy(150, FULL)}`, number: 150 });
    expect(batchOf(0, FULL)[1]?.attributes).toEqual({ topic: 'nobody-1', number: 1 });
  });

  it('refuses more matches than there are subscriptions', () => {
    expect(() => expectedWakes({ ...FULL, subscriptions: 299 })).toThrow(RangeError);
  });
});
