import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../canonical/canonical-json.ts';
import { MaestroError } from '../errors/maestro-error.ts';
import { readStreamItem, StreamItem } from './stream-item.ts';

const NOW = Date.parse('2026-08-24T12:30:00.000Z');

function refusal(input: unknown, stream = 'papers'): MaestroError {
  try {
    readStreamItem(input, stream, NOW);
  } catch (error) {
    expect(error).toBeInstanceOf(MaestroError);
    return error as MaestroError;
  }
  throw new Error('it was taken');
}

describe('an item of a stream', () => {
  it('needs an id alone; the rest has defaults', () => {
    const item = {
      id: '1',
      stream: 'papers',
      at: '2026-08-24T12:30:00.000Z',
      source: '',
      title: '',
      attributes: {},
    };
    expect(readStreamItem({ id: '1' }, 'papers', NOW)).toEqual(item);
    expect(readStreamItem(item, 'papers', 0)).toEqual(item);
    expect(StreamItem.parse(item)).toEqual(item);
  });

  it('may give its instant in any zone and precision', () => {
    for (const [at, instant] of [
      ['2026-08-24T14:30:00+02:00', '2026-08-24T12:30:00.000Z'],
      ['2026-08-24T12:30:00.123456Z', '2026-08-24T12:30:00.123Z'],
    ] as const) {
      expect(readStreamItem({ id: '1', at }, 'papers', NOW).at).toBe(instant);
    }
  });

  it('that was read is read again as it is', () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const input = fc.record(
      {
        id: fc.string({ minLength: 1, maxLength: 200 }),
        source: fc.string({ maxLength: 200 }),
        title: fc.string(),
        attributes: fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(scalar, fc.array(scalar)), {
          maxKeys: 64,
        }),
        body: fc.string(),
      },
      { requiredKeys: ['id'] },
    );
    fc.assert(
      fc.property(input, (given) => {
        const item = readStreamItem(given, 'papers', NOW);
        expect(readStreamItem(JSON.parse(canonicalJson(item)), 'papers', 0)).toEqual(item);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    [{}, '/id', '(none)'],
    [{ id: '' }, '/id', "''"],
    [{ id: 'x', colour: 'red' }, '', 'colour'],
    [{ id: 'x', at: 'yesterday' }, '/at', "'x'"],
    [{ id: 'x', at: '9999-12-31T23:59:59-23:00' }, '/at', 'year 10000'],
    [{ id: 'x', stream: 'other' }, '/stream', 'the stream that it is given to'],
    [{ id: 'x', title: 'a'.repeat(1001) }, '/title', "'x'"],
    [{ id: 'x', body: 'a'.repeat(100_001) }, '/body', "'x'"],
    [{ id: 'x', attributes: { 'a/b': { c: 1 } } }, '/attributes/a~1b', 'a list of these'],
    [{ id: 'x', attributes: { a: [[1]] } }, '/attributes/a', 'a list of these'],
    [
      { id: 'x', attributes: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [n, n])) },
      '/attributes',
      'at most 64 keys',
    ],
    [{ id: 'x', title: '\ud83d' }, '', 'surrogate'],
    ['x', '', '(none)'],
  ])('that is wrong is refused, with the place: %j', (input, at, text) => {
    const error = refusal(input);
    expect(error.code).toBe('stream.item_invalid');
    expect(error.status).toBe(422);
    expect(error.details[0]?.at).toBe(at);
    expect(error.message).toContain(text);
  });

  it('of a stream without a good name is refused', () => {
    expect(refusal({ id: 'x' }, 'Papers!')).toMatchObject({ code: 'stream.item_invalid' });
  });

  it('of more than 128 KiB is refused, with its id and size', () => {
    const error = refusal({ id: 'big', attributes: { a: 'ä'.repeat(70_000) } });
    expect(error).toMatchObject({ code: 'stream.item_too_large', status: 413 });
    expect(error.message).toMatch(/^item 'big' of stream 'papers': has 14\d{4} bytes; 131072 are/);
  });
});
