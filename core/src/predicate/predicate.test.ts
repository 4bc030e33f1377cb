import { describe, expect, it } from 'vitest';
import type { StreamItem } from '../stream/stream-item.ts';
import { compilePredicate } from './compile-predicate.ts';

const ITEM: StreamItem = {
  id: '1',
  stream: 'papers',
  at: '2026-08-24T12:30:00.000Z',
  source: 'nature',
  title: 'Goats of the Alps',
  attributes: {
    species: 'goat',
    count: 3,
    score: 1.5,
    text: '3',
    urgent: true,
    nothing: null,
    authors: ['Ada', 'Bo', 'Cy'],
    numbers: [1, 2.5],
    'odd key': 'z',
  },
};

const test = (text: string, item: StreamItem = ITEM): boolean | string => {
  const predicate = compilePredicate('stream', text);
  const { matched, reason } = predicate.test(item);
  expect(predicate.matches(item)).toBe(matched);
  expect(reason).not.toContain('\n');
  return matched ? true : reason;
};

describe('an item matches', () => {
  it.each([
    'item.stream == "papers" && item.source == \'nature\'',
    '"1" == item.id',
    'item.attributes.species == "goat"',
    'item.attributes["odd key"] == "z"',
    'has(item.attributes.species) && !has(item.attributes.x) && !has(item.body)',
    '"odd key" in item.attributes && !("x" in item.attributes)',
    'item.attributes.species in ["cow", "goat"]',
    'item.attributes.urgent',
    'item.attributes.nothing == null && item.attributes.urgent != null',
    'item.attributes.authors.exists(a, a.startsWith("A"))',
    'item.attributes.authors.all(a, size(a) <= 3) && "Bo" in item.attributes.authors',
    'item.attributes.authors.exists_one(a, a == "Ada")',
    'item.attributes.authors.filter(a, a != "Ada").map(a, a.lowerAscii()) == ["bo", "cy"]',
    'item.attributes.authors[0] == "Ada" && item.attributes.authors.size() == 3',
    'item.attributes.exists(key, key == "species")',
    '["sheep", "goat"].exists(word, item.title.lowerAscii().contains(word))',
    'item.title.contains(item.attributes.species) || item.title.endsWith("Alps")',
    'item.title.indexOf("of") == 6 && item.title.substring(0, 5).upperAscii() == "GOATS"',
    'item.at > timestamp("2026-08-24T14:00:00+02:00") && item.at.getHours() == 12',
    'item.at - timestamp("2026-08-23T00:00:00Z") > duration("36h")',
    'type(item.attributes.species) == string && type(item.attributes.count) == double',
    'item.attributes.x == "y" || item.id == "1"',
    'item.attributes.urgent ? item.id == "1" : false',
    'item.id == "1" // the one',
    `true${' && true'.repeat(490)}`,
  ])('%s', (text) => expect(test(text)).toBe(true));
});

describe('numbers of JSON are doubles, and compare with whole numbers as people expect', () => {
  it.each([
    'item.attributes.score > 0.5 && item.attributes.score > 1 && item.attributes.score < 2',
    'item.attributes.count >= 3 && item.attributes.count >= 3.0 && item.attributes.count <= 3u',
    'item.attributes.count == 3 && 3 == item.attributes.count && item.attributes.count == 3.0',
    'item.attributes.count != 4 && item.attributes.count in [1, 3] && 1 in item.attributes.numbers',
    'size(item.attributes.authors) == item.attributes.count && size(item.id) == 1.0',
    'item.attributes.count + 1 == 4 && 1 + item.attributes.count == 4.0',
    'item.attributes.count / 2 == 1.5 && item.attributes.count * 2 - 1 == 5',
    'item.attributes.count % 2 == 1 && int(item.attributes.count) % 2 == 1',
    '7 / 2 == 3 && 7.0 / 2 == 3.5 && 1 == 1.0 && 1.5 != 1',
    '-item.attributes.count < 0 && int(item.attributes.score) == 1',
    'int(item.attributes.text) >= 3 && double(item.attributes.text) == 3',
  ])('%s', (text) => expect(test(text)).toBe(true));

  it('a text is no number', () => {
    expect(test('item.attributes.text == 3')).toMatch(/was false: item.attributes.text is "3"$/);
    expect(test('item.attributes.text >= 3')).toBe(
      'item.attributes.text >= 3 failed: string >= int is not possible: the types do not fit: item.attributes.text is "3"',
    );
  });
});

describe('the reason', () => {
  it.each([
    [
      'item.attributes.species == "cow"',
      'item.attributes.species == "cow" was false: item.attributes.species is "goat"',
    ],
    [
      'item.stream == "papers" && (item.id == "1" && item.attributes.score > 2) && false',
      'item.attributes.score > 2 was false: item.attributes.score is 1.5',
    ],
    [
      'item.id == "2" || item.attributes.count > 3',
      'item.id == "2" || item.attributes.count > 3 was false: item.id is "1", item.attributes.count is 3',
    ],
    ['item.attributes.x == "a"', 'attributes.x is missing'],
    ['item.attributes["no key"] == "a"', 'attributes["no key"] is missing'],
    ['item.id == "1" && !(item.attributes.x.y > 1)', 'attributes.x is missing'],
    ['item.body.contains("x")', 'body is missing'],
    ['item.attributes.authors.exists(a, a.b == 1)', 'a.b is missing'],
    ['has(item.attributes.x)', 'has(item.attributes.x) was false: item.attributes.x is missing'],
    [
      'item.attributes.authors.exists(a, a == "Di")',
      'item.attributes.authors.exists(a, a == "Di") was false: item.attributes.authors is ["Ada","Bo","Cy"]',
    ],
    [
      '(item.attributes.count + 1) *\n  (2 + 3) > 100',
      '(item.attributes.count + 1) * (2 + 3) > 100 was false: item.attributes.count is 3',
    ],
    [
      'item.attributes.count',
      'item.attributes.count is neither true nor false: item.attributes.count is 3',
    ],
    [
      'item.attributes.authors[7] == "x"',
      'item.attributes.authors[7] == "x" failed: No such key: index out of bounds, index 7 >= size 3: item.attributes.authors is ["Ada","Bo","Cy"]',
    ],
    ['false // never', 'false was false'],
  ])('%s', (text, reason) => expect(test(text)).toBe(reason));

  it('shortens values to 80 characters', () => {
    const reason = test('item.body == "x"', { ...ITEM, body: '🐐'.repeat(200) });
    const [, shown = ''] = String(reason).split('item.body is ');
    expect(shown).toHaveLength(80);
    expect(shown.endsWith('…')).toBe(true);
  });

  it('of something that is no item is a reason too', () => {
    const predicate = compilePredicate('stream', 'item.attributes.count > 3');
    for (const broken of [null, 1, {}, { attributes: null }, { attributes: [] }]) {
      const item = broken as unknown as StreamItem;
      expect(predicate.matches(item)).toBe(false);
      expect(predicate.test(item)).toMatchObject({ matched: false, reason: expect.any(String) });
    }
  });
});

it('equalities are the outermost conjuncts that compare a path with a text', () => {
  const { equalities } = compilePredicate(
    'stream',
    'item.stream == "a" && (item.attributes.x == "b" && "c" == item.attributes["odd key"]) ' +
      '&& item.attributes.n == 3 && item.id != "d" && (item.id == "e" || item.id == "f") ' +
      '&& item.id == item.title && item.attributes.l.exists(x, x == "g")',
  );
  expect(equalities).toEqual([
    { path: 'item.stream', steps: ['stream'], value: 'a' },
    { path: 'item.attributes.x', steps: ['attributes', 'x'], value: 'b' },
    { path: 'item.attributes["odd key"]', steps: ['attributes', 'odd key'], value: 'c' },
  ]);
});
