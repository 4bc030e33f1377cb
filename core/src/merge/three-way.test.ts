import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../canonical/canonical-json.ts';
import type { JsonValue } from '../canonical/json-value.ts';
import { bestByScore } from './best-by-score.ts';
import { jsonPointer, valueAt } from './json-pointer.ts';
import type { MergeInput } from './merge-function.ts';
import { threeWay } from './three-way.ts';

function inputOf(parent: string, state: JsonValue, result: JsonValue = null): MergeInput {
  return { parent, status: 'completed', sequence: 1, result, state };
}

function merged(ancestor: JsonValue, ...states: readonly JsonValue[]) {
  const inputs = states.map((state, index) => inputOf(`p${index}`, state));
  return threeWay.merge(inputs, { parameters: {}, ancestor });
}

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;

describe('a three-way merge', () => {
  it('takes what one alone has changed, whoever it is', () => {
    fc.assert(
      fc.property(json, json, fc.nat(2), (ancestor, changed, who) => {
        const states = [0, 1, 2].map((index) => (index === who ? changed : ancestor));
        const { value, conflicts } = merged(ancestor, ...states);
        expect(canonicalJson(value)).toBe(canonicalJson(changed));
        expect(conflicts).toEqual([]);
      }),
    );
  });

  it('takes what all have changed in the same way', () => {
    fc.assert(
      fc.property(json, json, (ancestor, changed) => {
        const { value, conflicts } = merged(ancestor, changed, changed);
        expect(canonicalJson(value)).toBe(canonicalJson(changed));
        expect(conflicts).toEqual([]);
      }),
    );
  });

  it.each([
    ['members of both', {}, [{ a: 1 }, { b: 2 }], { a: 1, b: 2 }],
    ['a member that one removed', { a: 1, b: 2 }, [{ b: 2 }, { a: 1, b: 3 }], { b: 3 }],
    ['what both added to a list', { l: [1] }, [{ l: [1, 2] }, { l: [1, 3] }], { l: [1, 2, 3] }],
    [
      'changes at depth',
      { a: { x: 1, y: 1 } },
      [{ a: { x: 2, y: 1 } }, { a: { x: 1, y: 2 } }],
      { a: { x: 2, y: 2 } },
    ],
    [
      'members named like methods',
      {},
      [{ constructor: 1 }, { toString: 2 }],
      { constructor: 1, toString: 2 },
    ],
  ] as const)('has %s', (_name, ancestor, states, value) => {
    expect(merged(ancestor as JsonValue, ...(states as unknown as JsonValue[]))).toEqual({
      value,
      conflicts: [],
    });
  });

  it('records what it cannot decide, and takes the first', () => {
    const { value, conflicts } = merged({ a: 1, 'b/c': [1] }, { a: 2, 'b/c': [2] }, { a: 3 });
    expect(value).toEqual({ a: 2, 'b/c': [2] });
    expect(conflicts).toEqual([
      {
        at: '/a',
        base: 1,
        values: [
          { parent: 'p0', value: 2 },
          { parent: 'p1', value: 3 },
        ],
        taken: 'p0',
      },
      {
        at: '/b~1c',
        base: [1],
        values: [{ parent: 'p0', value: [2] }, { parent: 'p1' }],
        taken: 'p0',
      },
    ]);
  });
});

describe('the best by score', () => {
  const inputs = [
    inputOf('a', null, { score: 1 }),
    inputOf('b', null, { score: 3 }),
    inputOf('c', null, { score: 3 }),
    inputOf('d', null, { score: '9' }),
  ];

  it.each([
    [{}, 'b'],
    [{ better: 'lower' }, 'a'],
  ])('by %j is of %s', (parameters, parent) => {
    const { value } = bestByScore.merge(inputs, { parameters, ancestor: undefined });
    expect(value).toMatchObject({ parent });
  });

  it('is none when nobody has a number there', () => {
    expect(() =>
      bestByScore.merge(inputs, { parameters: { score: '/x' }, ancestor: undefined }),
    ).toThrow('no parent has a result with a number at /x');
  });
});

it('a pointer leads to what it was made for, and to nothing that is inherited', () => {
  const value = { 'a/b': { '~': [null, { c: 7 }] } };
  expect(valueAt(value, jsonPointer(['a/b', '~', 1, 'c']))).toBe(7);
  expect(valueAt(value, '')).toBe(value);
  for (const pointer of ['/x', '/a~1b/~0/2', '/a~1b/~0/01', '/constructor', '/a~1b/~0/length']) {
    expect(valueAt(value, pointer)).toBeUndefined();
  }
});
