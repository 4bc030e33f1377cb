import canonicalize from 'canonicalize';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { json } from '../testing/arbitrary-of.ts';
import { canonicalJson } from './canonical-json.ts';
import { shortened, wellFormed, wellFormedJson } from './well-formed.ts';

/** The same value with the members of every object in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, item]) => [name, reordered(item)]),
  );
}

function isWellFormed(text: string): boolean {
  try {
    encodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

describe('canonical JSON', () => {
  it('writes every value as the reference library does', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
      { numRuns: 500 },
    );
    const date = new Date('2026-01-01T00:00:00Z');
    expect(canonicalJson({ date, gone: undefined, list: [undefined] })).toBe(
      canonicalize({ date, gone: undefined, list: [undefined] }),
    );
  });

  it('does not depend on the order of members, and reads back as what was written', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reordered(value))).toBe(text);
        expect(JSON.parse(text)).toEqual(value);
      }),
    );
  });

  it('writes the examples of RFC 8785 as the RFC does', () => {
    expect(
      canonicalJson({
        numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
        string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
        literals: [null, true, false],
      }),
    ).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    expect(
      canonicalJson({
        '\u20ac': 'Euro Sign',
        '\r': 'Carriage Return',
        '\ufb33': 'Hebrew Letter Dalet With Dagesh',
        1: 'One',
        '\ud83d\ude00': 'Emoji: Grinning Face',
        '\u0080': 'Control',
        ö: 'Latin Small Letter O With Diaeresis',
      }),
    ).toBe(
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis",' +
        '"€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    );
  });

  it('refuses what has no canonical form', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    const none = [undefined, () => 1, Number.NaN, Infinity, 1n, circle, '\ud83d', { '\udc00': 1 }];
    for (const value of none) expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});

describe('text with half of a surrogate pair', () => {
  /** Any UTF-16, so also halves. */
  const utf16 = fc
    .array(fc.oneof(fc.constantFrom(0xd83d, 0xde00, 0x5c, 0x75, 0x41), fc.nat(0xffff)))
    .map((units) => String.fromCharCode(...units));

  it('is mended, and nothing else is touched', () => {
    fc.assert(
      fc.property(utf16, (text) => {
        const mended = wellFormed(text);
        expect(mended).toHaveLength(text.length);
        expect(isWellFormed(mended)).toBe(true);
        if (isWellFormed(text)) expect(mended).toBe(text);
        expect(JSON.parse(wellFormedJson(JSON.stringify([text, { [text]: 1 }])))).toEqual([
          mended,
          { [mended]: 1 },
        ]);
      }),
    );
  });

  it('does not come from shortening', () => {
    expect(shortened('ab😀', 3)).toBe('ab\ufffd');
    expect(shortened('ab😀', 4)).toBe('ab😀');
  });
});
