import * as fc from 'fast-check';
import { z } from 'zod';

/** Arbitraries for schemas that cannot be looked into, such as refined ones. */
export type Overrides = ReadonlyMap<z.core.$ZodType, fc.Arbitrary<unknown>>;

/**
 * Arbitrary inputs of a schema. Knows the kinds of schema that the models use, and throws for any other, so that a new
 * kind is not silently left out.
 *
 * @throws TypeError naming the kind of schema that it does not know.
 */
export function arbitraryOf(
  schema: z.core.$ZodType,
  overrides: Overrides = new Map(),
): fc.Arbitrary<unknown> {
  const override = overrides.get(schema);
  if (override) return override;
  const of = (inner: z.core.$ZodType): fc.Arbitrary<unknown> => arbitraryOf(inner, overrides);
  if (schema instanceof z.ZodObject) return objects(schema, of);
  if (schema instanceof z.ZodUnion) return fc.oneof(...schema.options.map(of));
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodLiteral) return fc.constantFrom(...schema.values);
  if (schema instanceof z.ZodArray) return arrays(schema, of);
  if (schema instanceof z.ZodRecord) return fc.dictionary(names, of(schema.valueType));
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) return strings(schema);
  if (schema instanceof z.ZodNumber) return numbers(schema);
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodUnknown) return json;
  if (schema instanceof z.ZodNullable) {
    return fc.option(of(schema.unwrap()), { nil: null });
  }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return fc.option(of(schema.unwrap()), { nil: undefined });
  }
  throw new TypeError(`there are no arbitraries for a schema of type ${schema._zod.def.type}`);
}

/** Names of members; zod drops `__proto__`, on purpose. */
const names = fc.string({ maxLength: 8, unit: 'grapheme' }).filter((name) => name !== '__proto__');

/** JSON values without the one number that JSON cannot say (-0). */
export const json: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, 1, -1.5, 1e21, 2 ** 53, ''),
    fc.string({ unit: 'grapheme' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(positiveZero),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(names, tie('value'), { maxKeys: 4 }),
  ),
})).value;

type Recurse = (schema: z.core.$ZodType) => fc.Arbitrary<unknown>;

function objects(schema: z.ZodObject, of: Recurse): fc.Arbitrary<unknown> {
  const members = Object.entries(schema.shape).map(([name, inner]) => [name, of(inner)] as const);
  const optional = (name: string): boolean => {
    const inner = schema.shape[name];
    return inner instanceof z.ZodOptional || inner instanceof z.ZodDefault;
  };
  const known = fc.record(Object.fromEntries(members), {
    requiredKeys: members.flatMap(([name]) => (optional(name) ? [] : [name])),
  });
  if (!(schema.def.catchall instanceof z.ZodUnknown)) return known;
  // What a newer release has added is kept.
  const others = fc.dictionary(
    names.map((name) => `x-${name}`),
    json,
    { maxKeys: 2 },
  );
  return fc.tuple(known, others).map(([a, b]) => ({ ...b, ...a }));
}

function arrays(schema: z.ZodArray, of: Recurse): fc.Arbitrary<unknown> {
  const minLength = bound(schema, 'min_length') ?? 0;
  const maxLength = Math.min(bound(schema, 'max_length') ?? 5, Math.max(minLength, 5));
  return fc.array(of(schema.element), { minLength, maxLength });
}

function strings(schema: z.ZodString | z.ZodStringFormat): fc.Arbitrary<string> {
  if (schema instanceof z.ZodISODateTime) {
    return fc
      .date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
      .map((date) => date.toISOString());
  }
  const maxLength = bound(schema, 'max_length') ?? 100;
  const pattern = patternOf(schema);
  if (pattern) return fc.stringMatching(pattern).filter((text) => text.length <= maxLength);
  return fc
    .string({ unit: 'grapheme', minLength: bound(schema, 'min_length') ?? 0, maxLength: 40 })
    .filter((text) => text.length <= maxLength);
}

function numbers(schema: z.ZodNumber): fc.Arbitrary<number> {
  const min = bound(schema, 'greater_than');
  const max = bound(schema, 'less_than');
  if (schema instanceof z.ZodNumberFormat) {
    return fc.integer({ min: min ?? -1e9, max: max ?? Number.MAX_SAFE_INTEGER });
  }
  return fc
    .double({ noNaN: true, noDefaultInfinity: true, min: min ?? -1e300, max: max ?? 1e300 })
    .map(positiveZero);
}

function positiveZero(value: number): number {
  return value === 0 ? 0 : value;
}

type BoundKind = 'min_length' | 'max_length' | 'greater_than' | 'less_than';

/** The bound that a check sets; the strictest does not matter here, no model has two. */
function bound(schema: z.core.$ZodType, kind: BoundKind): number | undefined {
  for (const check of schema._zod.def.checks ?? []) {
    const def = check._zod.def as {
      check: string;
      minimum?: number;
      maximum?: number;
      value?: number;
    };
    if (def.check === kind) return def.minimum ?? def.maximum ?? def.value;
  }
  return undefined;
}

function patternOf(schema: z.core.$ZodType): RegExp | undefined {
  for (const check of schema._zod.def.checks ?? []) {
    const { pattern } = check._zod.def as { pattern?: RegExp };
    if (pattern) return pattern;
  }
  return undefined;
}
