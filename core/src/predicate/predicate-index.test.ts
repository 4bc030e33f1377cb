import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SiblingItem } from '../stream/sibling-item.ts';
import type { AttributeValue, StreamItem } from '../stream/stream-item.ts';
import { compilePredicate } from './compile-predicate.ts';
import { PredicateIndex } from './predicate-index.ts';

const NAMES = ['species', 'score', 'odd key', 'constructor', '__proto__', 'list'] as const;
const TEXTS = ['goat', 'cow', '', 'constructor', '3'] as const;

const name = fc.constantFrom(...NAMES);
const text = fc.constantFrom(...TEXTS);
const path = fc.oneof(
  fc.constantFrom('item.id', 'item.stream', 'item.source', 'item.body'),
  name.map((key) => `item.attributes[${JSON.stringify(key)}]`),
  fc.constantFrom('item.attributes.species', 'item.attributes.constructor'),
);

const condition: fc.Arbitrary<string> = fc.letrec<{ all: string; one: string }>((tie) => ({
  one: fc.oneof(
    { weight: 4, arbitrary: fc.tuple(path, text).map(([p, t]) => `${p} == ${JSON.stringify(t)}`) },
    fc.tuple(path, text).map(([p, t]) => `${JSON.stringify(t)} == ${p}`),
    fc.tuple(path, text).map(([p, t]) => `${p} != ${JSON.stringify(t)}`),
    fc.integer({ min: -1, max: 4 }).map((n) => `item.attributes.score >= ${n}`),
    text.map((t) => `item.attributes.list.exists(x, x == ${JSON.stringify(t)})`),
    name.map((key) => `${JSON.stringify(key)} in item.attributes`),
    tie('all').map((inner) => `!(${inner})`),
    fc.tuple(tie('all'), tie('all')).map(([a, b]) => `(${a} || ${b})`),
  ),
  all: fc
    .array(tie('one'), { minLength: 1, maxLength: 3, depthIdentifier: 'all' })
    .map((parts) => parts.join(' && ')),
})).all;

const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  text,
  fc.integer({ min: 0, max: 4 }),
  fc.constantFrom(null, true, 1.5),
  fc.array(text, { maxLength: 3 }),
);

const item: fc.Arbitrary<StreamItem> = fc.record(
  {
    id: text,
    stream: fc.constantFrom('goat', 'cow'),
    at: fc.constant('2026-08-24T12:30:00.000Z'),
    source: text,
    title: text,
    // Own members, such as JSON gives: `__proto__` too.
    attributes: fc
      .array(fc.tuple(name, value))
      .map(
        (entries) => JSON.parse(`{${entries.map(jsonMember).join()}}`) as StreamItem['attributes'],
      ),
    body: text,
  },
  { requiredKeys: ['id', 'stream', 'at', 'source', 'title', 'attributes'] },
);

function jsonMember([key, member]: readonly [string, AttributeValue]): string {
  return `${JSON.stringify(key)}:${JSON.stringify(member)}`;
}

type Change =
  | { readonly add: string; readonly predicate: string | undefined }
  | { readonly remove: string };

const id = fc.integer({ min: 0, max: 9 }).map(String);
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ add: id, predicate: fc.option(condition, { nil: undefined, freq: 9 }) }),
  },
  fc.record({ remove: id }),
);

describe('an index of predicates', () => {
  it('finds what asking every predicate would find', () => {
    const found = { matches: 0 };
    const changes = fc.array(change, { maxLength: 30 });
    fc.assert(
      fc.property(changes, fc.array(item, { maxLength: 5 }), (steps, items) => {
        const index = new PredicateIndex<string>('stream');
        const all = new Map<string, string | undefined>();
        for (const step of steps) {
          if ('remove' in step) {
            index.remove(step.remove);
            all.delete(step.remove);
          } else {
            const { add, predicate } = step;
            index.add(
              add,
              predicate === undefined ? undefined : compilePredicate('stream', predicate),
              add,
            );
            all.set(add, predicate);
          }
        }
        expect(index.size).toBe(all.size);
        for (const each of items) {
          const expected = [...all].flatMap(([key, predicate]) =>
            // Within `||` there are no equalities, so that going by them is compared with evaluating them.
            predicate === undefined ||
            compilePredicate('stream', `(${predicate}) || false`).matches(each)
              ? [key]
              : [],
          );
          expect(index.matching(each).sort()).toEqual(expected.sort());
          found.matches += expected.length;
        }
      }),
      { numRuns: 500 },
    );
    expect(found.matches).toBeGreaterThan(100);
  });

  it('replaces a subscription of the same id, and gives each value once', () => {
    const index = new PredicateIndex<number>('stream');
    const one = compilePredicate('stream', 'item.id == "1" && item.stream == "s"');
    index.add('a', undefined, 1);
    index.add('a', one, 2);
    index.add('b', one, 3);
    const sample = { ...ITEM, id: '1' };
    expect(new Set(index.matching(sample))).toEqual(new Set([2, 3]));
    index.remove('a');
    index.remove('a');
    expect([index.matching(sample), index.size]).toEqual([[3], 1]);
    index.remove('b');
    expect([index.matching(sample), index.size]).toEqual([[], 0]);
  });

  it('of siblings goes by the members of their values, too', () => {
    const index = new PredicateIndex<string, 'sibling'>('sibling');
    for (const verdict of ['accept', 'reject']) {
      index.add(
        verdict,
        compilePredicate('sibling', `item.value.verdict == "${verdict}"`),
        verdict,
      );
    }
    const at = '2026-08-24T12:30:00.000Z';
    const envelope = { id: 'e', tag: 't', at, publisher: 'p', kind: 'k' };
    const matching = (given: SiblingItem['value']): string[] =>
      index.matching({ ...envelope, value: given });
    expect(matching({ verdict: 'accept' })).toEqual(['accept']);
    expect([matching(null), matching(['accept']), matching('accept')]).toEqual([[], [], []]);
  });
});

const ITEM: StreamItem = {
  id: 'i',
  stream: 's',
  at: '2026-08-24T12:30:00.000Z',
  source: 'lab',
  title: 'A title',
  attributes: { species: 'goat', score: 0.9, authors: ['Ada', 'Bo'] },
};
