import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isPersonalData, personalData, REDACTED } from './personal-data.ts';
import { redact } from './redact.ts';

const Name = personalData(z.string(), 'name');

/** A schema around `inner`, and a value of it around `value`. */
interface Wrapping {
  readonly what: string;
  readonly schema: (inner: z.ZodType) => z.ZodType;
  readonly value: (value: unknown) => unknown;
}

const WRAPPINGS: readonly Wrapping[] = [
  {
    what: 'an object',
    schema: (inner) => z.strictObject({ a: inner, b: z.int() }),
    value: (a) => ({ a, b: 1 }),
  },
  {
    what: 'a loose object',
    schema: (inner) => z.looseObject({ a: inner }),
    value: (a) => ({ a, more: 1 }),
  },
  {
    what: 'further members of an object',
    schema: (inner) => z.object({ b: z.int() }).catchall(inner),
    value: (a) => ({ b: 1, any: a }),
  },
  { what: 'an array', schema: (inner) => z.array(inner), value: (a) => [a, a] },
  {
    what: 'a record',
    schema: (inner) => z.record(z.string(), inner),
    value: (a) => ({ x: a, y: a }),
  },
  { what: 'a tuple', schema: (inner) => z.tuple([z.int(), inner]), value: (a) => [1, a] },
  {
    what: 'the rest of a tuple',
    schema: (inner) => z.tuple([z.int()], inner),
    value: (a) => [1, a, a],
  },
  { what: 'an optional', schema: (inner) => inner.optional(), value: (a) => a },
  { what: 'a nullable', schema: (inner) => inner.nullable(), value: (a) => a },
  { what: 'a readonly', schema: (inner) => inner.readonly(), value: (a) => a },
  { what: 'a lazy one', schema: (inner) => z.lazy(() => inner), value: (a) => a },
  {
    what: 'a union',
    schema: (inner) => z.union([z.strictObject({ c: z.int() }), z.strictObject({ a: inner })]),
    value: (a) => ({ a }),
  },
  {
    what: 'a discriminated union',
    schema: (inner) =>
      z.discriminatedUnion('kind', [
        z.looseObject({ kind: z.literal('none') }),
        z.looseObject({ kind: z.literal('one'), a: inner }),
      ]),
    value: (a) => ({ kind: 'one', a }),
  },
  {
    what: 'an intersection',
    schema: (inner) => z.intersection(z.looseObject({ b: z.int() }), z.looseObject({ a: inner })),
    value: (a) => ({ a, b: 1 }),
  },
  {
    what: 'a preprocessed value',
    schema: (inner) => z.preprocess((value) => value, inner),
    value: (a) => a,
  },
  { what: 'a piped value', schema: (inner) => inner.pipe(z.unknown()), value: (a) => a },
  { what: 'a caught one', schema: (inner) => inner.catch('none'), value: (a) => a },
];

const SECRET = 'Grace Hopper';

describe('what is marked as personal data does not get out of', () => {
  for (const { what, schema, value } of WRAPPINGS) {
    it(what, () => {
      const text = JSON.stringify(redact(schema(Name), value(SECRET)));
      expect(text).not.toContain(SECRET);
      expect(text).toContain(REDACTED);
    });
  }

  it('any nesting of these', () => {
    const nestings = fc.array(fc.constantFrom(...WRAPPINGS), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(nestings, (layers) => {
        const schema = layers.reduce<z.ZodType>((inner, layer) => layer.schema(inner), Name);
        const value = layers.reduce<unknown>((inner, layer) => layer.value(inner), SECRET);
        const before = JSON.stringify(value);
        const redacted = redact(schema, value);
        expect(JSON.stringify(redacted)).not.toContain(SECRET);
        expect(JSON.stringify(value)).toBe(before);
        expect(schema.safeParse(redacted).success).toBe(true);
        expect(redact(schema, redacted)).toEqual(redacted);
      }),
      { numRuns: 300 },
    );
  });

  it('a schema that contains itself', () => {
    const Person: z.ZodType = z.lazy(() =>
      z.strictObject({ name: Name, friends: z.array(Person) }),
    );
    const value = { name: SECRET, friends: [{ name: SECRET, friends: [] }] };
    expect(redact(Person, value)).toEqual({
      name: REDACTED,
      friends: [{ name: REDACTED, friends: [] }],
    });
  });

  it('a default', () => {
    const schema = z.strictObject({ a: Name.default('nobody'), b: Name.prefault('nobody') });
    expect(redact(schema, { a: SECRET, b: SECRET })).toEqual({ a: REDACTED, b: REDACTED });
    expect(redact(schema, {})).toEqual({});
  });

  it('a schema that was derived from the marked one', () => {
    const derived = [
      Name.min(1),
      Name.describe('who'),
      Name.meta({ title: 'who' }),
      Name.refine(() => true),
      Name.trim(),
    ];
    for (const schema of derived) expect(redact(schema, SECRET)).toBe(REDACTED);
  });
});

describe('what is not marked', () => {
  it('stays as it is, the very same value', () => {
    const schema = z.looseObject({ a: z.string(), list: z.array(z.strictObject({ b: z.int() })) });
    const value = { a: 'x', list: [{ b: 1 }], more: SECRET };
    expect(redact(schema, value)).toBe(value);
  });

  it('and no value at all stays none', () => {
    const schema = z.strictObject({ a: Name.nullable(), b: Name.optional() });
    expect(redact(schema, { a: null })).toEqual({ a: null });
  });

  it('is not marked by what was derived from it', () => {
    const plain = z.string();
    personalData(plain, 'name');
    expect(isPersonalData(plain)).toBe(false);
    expect(redact(plain, 'x')).toBe('x');
  });
});

it('a schema that does not accept the redacted text cannot be marked: it could not be read again', () => {
  for (const schema of [z.int(), z.email(), z.string().max(5), z.strictObject({})]) {
    expect(() => personalData(schema as z.ZodType, 'x')).toThrow(TypeError);
  }
});
