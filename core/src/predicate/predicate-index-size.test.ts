import { describe, expect, it } from 'vitest';
import type { StreamItem } from '../stream/stream-item.ts';
import { compilePredicate } from './compile-predicate.ts';
import { PredicateIndex } from './predicate-index.ts';

const ITEM: StreamItem = {
  id: 'i',
  stream: 's',
  at: '2026-08-24T12:30:00.000Z',
  source: 'lab',
  title: 'A title',
  attributes: { species: 'goat', score: 0.9, authors: ['Ada', 'Bo'] },
};

const endsWith = (n: number): string => `item.attributes.species.endsWith("-${n}")`;

describe('10,000 subscriptions', () => {
  const COUNT = 10_000;

  /** Microseconds for an item, on average. */
  function measure(
    label: string,
    predicateOf: (n: number) => string,
    rounds: number,
    count = 100,
  ): number {
    const index = new PredicateIndex<number>('stream');
    for (let n = 0; n < COUNT; n++) {
      index.add(`s${n}`, compilePredicate('stream', predicateOf(n)), n);
    }
    const items = Array.from({ length: count }, (_, n) => ({
      ...ITEM,
      attributes: { ...ITEM.attributes, species: `species-${n * 97}` },
    }));
    let startMs = 0;
    let matched = 0;
    for (let round = -rounds; round < rounds; round++) {
      if (round === 0) startMs = performance.now();
      for (const each of items) matched += index.matching(each).length;
    }
    const us = ((performance.now() - startMs) * 1000) / (rounds * items.length);
    expect(matched).toBe(2 * rounds * items.length);
    process.stdout.write(`${label}: ${us.toFixed(1)} us for an item\n`);
    return us;
  }

  it('with texts of their own cost an item next to nothing', () => {
    const us = measure(
      'of distinct texts',
      (n) =>
        `item.stream == "s" && item.attributes.species == "species-${n}" && item.attributes.score > 0.5`,
      20,
    );
    expect(us).toBeLessThan(1000);
  });

  it('with equal predicates are asked once', () => {
    const index = new PredicateIndex<number>('stream');
    const predicate = compilePredicate('stream', 'item.attributes.score > 0.5');
    for (let n = 0; n < COUNT; n++) index.add(`s${n}`, predicate, n);
    expect(index.matching(ITEM)).toHaveLength(COUNT);
  });

  it('without any equality are asked one by one', () => {
    const us = measure('without equalities', endsWith, 1, 10);
    expect(us).toBeLessThan(200_000);
  });
});
