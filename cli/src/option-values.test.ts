import { expect, it } from 'vitest';
import { dollars, jsonValue, keyValue, listed, wholeNumber } from './option-values.ts';

it('reads parameters as JSON where they are JSON, as text where not', () => {
  const parameters = ['sleepMs=5000', 'signal=go', 'tags=["a"]', 'text=a=b', 'empty='].reduce(
    (previous: Readonly<Record<string, unknown>>, text) => keyValue(text, previous),
    {},
  );
  expect(parameters).toEqual({ sleepMs: 5000, signal: 'go', tags: ['a'], text: 'a=b', empty: '' });
  expect(() => keyValue('=x')).toThrow('key=value');
  expect(() => keyValue('x')).toThrow('key=value');
});

it('reads whole numbers, dollars and JSON, and nothing else', () => {
  expect(wholeNumber(1)('7')).toBe(7);
  for (const text of ['0', '-1', '1.5', '1e3', '', 'x'])
    expect(() => wholeNumber(1)(text)).toThrow();
  expect(dollars('2.50')).toBe(2.5);
  for (const text of ['', '-1', 'x', 'Infinity']) expect(() => dollars(text)).toThrow();
  expect(jsonValue('{"a":null}')).toEqual({ a: null });
  expect(() => jsonValue('{a}')).toThrow('JSON');
  expect(listed('b', ['a'])).toEqual(['a', 'b']);
});
