import { describe, expect, it } from 'vitest';
import type { SiblingItem } from '../stream/sibling-item.ts';
import { checkStreamItemSize, type StreamItem } from '../stream/stream-item.ts';
import { compilePredicate } from './compile-predicate.ts';
import { MAX_PREDICATE_COST } from './cost-limit.ts';

const costOf = (text: string): number => compilePredicate('stream', text).cost;

describe('the cost of a predicate', () => {
  it('grows by what is written', () => {
    expect(costOf('item.id == "1"')).toBeLessThan(10);
    expect(costOf('item.id == "1" && item.title != ""')).toBeGreaterThan(costOf('item.id == "1"'));
  });

  it('of a loop is its body times 64, or times the list that is written out', () => {
    const loop = costOf('item.attributes.l.exists(x, x == "a")');
    expect(loop).toBeGreaterThan(64 * 4);
    expect(costOf('["a", "b"].exists(x, x == item.id)')).toBeLessThan(loop / 2);
    const nested = costOf('item.attributes.l.exists(x, item.attributes.m.exists(y, x == y))');
    expect(nested).toBeGreaterThan(60 * loop);
    expect(nested).toBeLessThan(MAX_PREDICATE_COST);
  });

  it('of looking through a long text is more than of a short one', () => {
    expect(costOf('item.body.contains("x")')).toBeGreaterThan(
      2 * costOf('item.title.contains("x")'),
    );
  });

  it('leaves room for what people write', () => {
    const words = Array.from({ length: 100 }, (_, index) => `"word number ${index}"`).join(', ');
    expect(costOf(`[${words}].exists(w, item.body.lowerAscii().contains(w))`)).toBeLessThan(
      MAX_PREDICATE_COST,
    );
  });
});

const item: StreamItem = {
  id: '1',
  stream: 's',
  at: '2026-08-24T12:30:00.000Z',
  source: '',
  title: 'a'.repeat(1000),
  attributes: {},
};

describe('on an item that holds as much as it may', () => {
  const list = Array.from({ length: 60_000 }, () => 1);
  const wide = { ...item, attributes: { list } };
  const long = { ...item, attributes: { a: 'a'.repeat(30_000) }, body: 'a'.repeat(90_000) };
  checkStreamItemSize(wide);
  checkStreamItemSize(long);

  it('a simple loop is done', () => {
    expect(compilePredicate('stream', 'item.attributes.list.all(x, x == 1)').matches(wide)).toBe(
      true,
    );
  });

  it('a loop that would take too long is not begun', () => {
    const text = 'item.attributes.list.all(x, item.attributes.list.all(y, x == y))';
    expect(compilePredicate('stream', text).test(wide)).toEqual({
      matched: false,
      reason: 'the item holds too much for the loops of this predicate',
    });
    const few = { ...item, attributes: { list: list.slice(0, 200) } };
    expect(compilePredicate('stream', text).matches(few)).toBe(true);
  });

  it.each([
    'item.attributes.list.exists(x, item.attributes.list.exists(y, x != y))',
    'item.attributes.list.exists(x, x in item.attributes.list)',
    'item.attributes.list.exists(x, item.attributes.list != item.attributes.list)',
    'item.attributes.list.exists(x, item.title.contains("ab"))',
    'item.attributes.list.map(x, item.attributes.list + item.attributes.list).size() == 0',
    `item.body.contains("${'a'.repeat(100)}b${'a'.repeat(99)}")`,
    'item.body.indexOf("aaaab") > 0 || item.attributes.a.lowerAscii().contains("b")',
    `["x", "y"]${'.map(w, w + w)'.repeat(4)}.exists(w, item.body.startsWith(w))`,
    `[item.body]${'.map(w, w + w)'.repeat(4)}.exists(w, w.contains("ab"))`,
    `[item.body].exists(w, ${'w.contains("ab") || '.repeat(150)} false)`,
    'item.attributes.list.exists(x, item.body < item.body)',
  ])('nothing takes long: %s', (text) => {
    const predicate = compilePredicate('stream', text);
    const startMs = performance.now();
    for (const each of [wide, long]) predicate.matches(each);
    expect(performance.now() - startMs).toBeLessThan(1000);
  });
});

it('a large value of a sibling is gone through once, but not once for each of its parts', () => {
  const papers = Array.from({ length: 10_000 }, (_, score) => ({ title: `paper ${score}`, score }));
  const published: SiblingItem = {
    id: 'e',
    tag: 't',
    at: '2026-08-24T12:30:00.000Z',
    publisher: 'p',
    kind: 'k',
    value: { papers },
  };
  const result = (text: string): unknown => compilePredicate('sibling', text).test(published);
  expect(result('item.value.papers.exists(p, p.score > 9998 && p.title.contains("99"))')).toEqual({
    matched: true,
    reason: 'matched',
  });
  expect(
    result('item.value.papers.exists(p, item.value.papers.exists(q, p.score > q.score))'),
  ).toMatchObject({ matched: false, reason: expect.stringContaining('holds too much') });
});
