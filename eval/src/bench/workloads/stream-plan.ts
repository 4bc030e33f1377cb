import type { StreamItemInput } from '@maestro/core';

/** Which items go to a stream, and whom they wake. */
export interface StreamPlan {
  readonly subscriptions: number;
  readonly itemsPerSecond: number;
  readonly seconds: number;
}

/** Items of one call. */
export const BATCH = 50;
/** One item in so many has a topic that somebody waits for. */
const MATCH_EVERY = 100;
/** Larger than any number of subscriptions and prime: consecutive matches go to places far apart, each to its own. */
const STRIDE = 1_000_003;

/** Which continuation an item wakes; undefined for the 99 % that wake nobody. */
export function wokenBy(item: number, { subscriptions }: StreamPlan): number | undefined {
  if (item % MATCH_EVERY !== MATCH_EVERY / 2) return undefined;
  const match = Math.floor(item / MATCH_EVERY);
  if (match >= subscriptions) throw new RangeError('more matches than subscriptions');
  return (match * STRIDE) % subscriptions;
}

/** The predicate that a continuation waits with. */
export function predicateOf(index: number): string {
  return `item.attributes.topic == "t-${index}"`;
}

/** The items of one call, in order. */
export function batchOf(call: number, plan: StreamPlan): readonly StreamItemInput[] {
  return Array.from({ length: BATCH }, (_, place) => {
    const item = call * BATCH + place;
    const woken = wokenBy(item, plan);
    const topic = woken === undefined ? `nobody-${item}` : `t-${woken}`;
    return {
      id: itemId(item),
      source: 'bench',
      title: `Item ${item} of the measurement`,
      attributes: { topic, number: item },
    };
  });
}

/** The id of an item. */
export function itemId(item: number): string {
  return `item-${item}`;
}

/** The item that each woken continuation has to be woken by. */
export function expectedWakes(plan: StreamPlan): ReadonlyMap<number, number> {
  const expected = new Map<number, number>();
  const items = plan.itemsPerSecond * plan.seconds;
  for (let item = 0; item < items; item++) {
    const woken = wokenBy(item, plan);
    if (woken === undefined) continue;
    if (expected.has(woken)) throw new RangeError(`two items for subscription ${woken}`);
    expected.set(woken, item);
  }
  return expected;
}
