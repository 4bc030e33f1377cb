import { describe, expect, it } from 'vitest';
import type { SiblingItem } from '../stream/sibling-item.ts';
import type { StreamItem } from '../stream/stream-item.ts';
import { compilePredicate } from './compile-predicate.ts';

const ITEM: StreamItem = {
  id: '1',
  stream: 'papers',
  at: '2026-08-24T12:30:00.000Z',
  source: 'nature',
  title: 'Goats of the Alps',
  attributes: { species: 'goat' },
};

const test = (text: string, item: StreamItem = ITEM): boolean | string => {
  const { matched, reason } = compilePredicate('stream', text).test(item);
  return matched ? true : reason;
};

describe('names of the prototype are names like any other', () => {
  const attributes = JSON.parse(
    '{"constructor":"c","__proto__":"p","toString":{"valueOf":1},"hasOwnProperty":2}',
  ) as StreamItem['attributes'];
  const item = { ...ITEM, attributes };

  it.each([
    'item.attributes.constructor == "c" && item.attributes.constructor.startsWith("c")',
    'item.attributes.__proto__ == "p" && has(item.attributes.__proto__)',
    'item.attributes["__proto__"] == "p" && item.attributes.size() == 4',
    'item.attributes.hasOwnProperty == 2',
  ])('where an item has them: %s', (text) => expect(test(text, item)).toBe(true));

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'where it has none: %s',
    (name) => {
      expect(test(`item.attributes.${name} == "x"`)).toBe(`attributes.${name} is missing`);
      expect(test(`item.attributes.${name}.length > 0`)).toBe(`attributes.${name} is missing`);
      expect(test(`has(item.attributes.${name})`)).toMatch(/was false/);
      expect(test(`"${name}" in item.attributes`)).toMatch(/was false/);
    },
  );
});

describe('a predicate on siblings', () => {
  const published: SiblingItem = {
    id: 'e1',
    tag: 'reviews',
    at: '2026-08-24T12:30:00.000Z',
    publisher: '01K2M3N4P5Q6R7S8T9V0W1X2Y3',
    kind: 'review',
    value: {
      verdict: 'accept',
      constructor: { name: 'x' },
      papers: [{ score: 0.5 }, { score: 2 }],
    },
  };

  it.each([
    'item.kind == "review" && item.value.verdict == "accept" && item.tag.startsWith("rev")',
    'item.value.papers.exists(p, p.score > 1) && item.value.papers[0].score < 1',
    'item.value.constructor.name == "x" && has(item.value.papers) && !has(item.value.x)',
  ])('%s', (text) => {
    expect(compilePredicate('sibling', text).test(published)).toEqual({
      matched: true,
      reason: 'matched',
    });
  });

  it('tells what is missing, at any depth', () => {
    for (const [text, what] of [
      ['item.value.verdict.by == "x"', 'value.verdict.by'],
      ['item.value.x.y == "x"', 'value.x'],
      ['item.value.papers.all(p, p.grade > 1)', 'p.grade'],
    ] as const) {
      expect(compilePredicate('sibling', text).explain(published)).toBe(`${what} is missing`);
    }
  });

  it('may be of a value that is no object', () => {
    const predicate = compilePredicate('sibling', 'item.value == 3');
    expect(predicate.matches({ ...published, value: 3 })).toBe(true);
    expect(predicate.matches({ ...published, value: null })).toBe(false);
  });
});
