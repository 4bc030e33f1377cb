import { z } from 'zod';
import { isPersonalData, REDACTED } from './personal-data.ts';

/** Redacts a value; made once per schema. */
type Redactor = (value: unknown) => unknown;

/** What is known of a schema: its redactor, or null where nothing in it is marked. */
const known = new WeakMap<z.core.$ZodType, Redactor | null>();

/**
 * A copy of a value in which everything that its schema marks as personal data is replaced by `[redacted]`.
 * Returns the value itself when nothing is marked. Values that the schema does not describe stay as they are.
 */
export function redact(schema: z.core.$ZodType, value: unknown): unknown {
  const redactor = redactorOf(schema);
  return redactor ? redactor(value) : value;
}

function redactorOf(schema: z.core.$ZodType): Redactor | null {
  const before = known.get(schema);
  if (before !== undefined) return before;
  // A schema that contains itself: while it is being looked at, its inner occurrence defers to what will be known.
  known.set(schema, (value) => known.get(schema)?.(value) ?? value);
  const redactor = isPersonalData(schema) ? redactAll : makeRedactor(schema);
  known.set(schema, redactor);
  return redactor;
}

const redactAll: Redactor = (value) => (value === undefined || value === null ? value : REDACTED);

function makeRedactor(schema: z.core.$ZodType): Redactor | null {
  if (schema instanceof z.ZodObject) return objectRedactor(schema.shape, schema.def.catchall);
  if (schema instanceof z.ZodArray) {
    const inner = redactorOf(schema.element);
    return inner && ((value) => (Array.isArray(value) ? value.map(inner) : value));
  }
  if (schema instanceof z.ZodRecord) {
    const inner = redactorOf(schema.valueType);
    return inner && ((value) => (isRecord(value) ? mapValues(value, inner) : value));
  }
  if (schema instanceof z.ZodTuple) {
    const inners = schema.def.items.map(redactorOf);
    const rest = schema.def.rest ? redactorOf(schema.def.rest) : null;
    if (!rest && inners.every((inner) => inner === null)) return null;
    return (value) =>
      Array.isArray(value)
        ? value.map((item, index) => {
            const inner = index < inners.length ? inners[index] : rest;
            return inner ? inner(item) : item;
          })
        : value;
  }
  if (schema instanceof z.ZodUnion) return unionRedactor(schema.options);
  if (schema instanceof z.ZodIntersection) {
    return chain([redactorOf(schema.def.left), redactorOf(schema.def.right)]);
  }
  // What was given goes in at one end and comes out at the other: marked at either is marked.
  if (schema instanceof z.ZodPipe) {
    return chain([redactorOf(schema.def.in), redactorOf(schema.def.out)]);
  }
  const inner = unwrap(schema);
  return inner ? redactorOf(inner) : null;
}

function objectRedactor(
  shape: Readonly<Record<string, z.core.$ZodType>>,
  catchall: z.core.$ZodType | undefined,
): Redactor | null {
  const others = catchall ? redactorOf(catchall) : null;
  const marked = Object.entries(shape).flatMap(([name, part]) => {
    const inner = redactorOf(part);
    return inner ? [{ name, inner }] : [];
  });
  if (marked.length === 0 && !others) return null;
  return (value) => {
    if (!isRecord(value)) return value;
    const copy: Record<string, unknown> = { ...value };
    for (const { name, inner } of marked) {
      if (Object.hasOwn(copy, name)) copy[name] = inner(copy[name]);
    }
    if (others) {
      for (const name of Object.keys(copy)) {
        if (!Object.hasOwn(shape, name)) copy[name] = others(copy[name]);
      }
    }
    return copy;
  };
}

/** Every option that accepts the value has its say: marked in one of them is marked. */
function unionRedactor(options: readonly z.core.$ZodType[]): Redactor | null {
  const inners = options.map((option) => ({ option, inner: redactorOf(option) }));
  if (inners.every(({ inner }) => inner === null)) return null;
  return (value) =>
    inners
      .filter(({ option }) => z.safeParse(option, value).success)
      .reduce<unknown>((current, { inner }) => (inner ? inner(current) : current), value);
}

function chain(redactors: readonly (Redactor | null)[]): Redactor | null {
  const marked = redactors.filter((redactor) => redactor !== null);
  return marked.length === 0
    ? null
    : (value) => marked.reduce((current, inner) => inner(current), value);
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNonOptional ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodCatch
  ) {
    return schema.def.innerType;
  }
  if (schema instanceof z.ZodLazy) return schema.def.getter();
  return undefined;
}

function mapValues(value: Record<string, unknown>, inner: Redactor): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, inner(item)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
