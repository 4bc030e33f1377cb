import { z } from 'zod';

/** Changes values of one schema; `context` is what the caller of {@link SchemaRedactor.redact} gave. */
export type Redactor<C> = (value: unknown, context: C) => unknown;

/**
 * Changes the parts of values that their schemas single out. What is to be done is worked out once per schema; parts that
 * nothing is to be done with are not looked at, and a value without any comes back as the very same one.
 */
export class SchemaRedactor<C> {
  readonly #leaf: (schema: z.core.$ZodType) => Redactor<C> | null | undefined;
  /** What is known of a schema: its redactor, or null where nothing in it is to be changed. */
  readonly #known = new WeakMap<z.core.$ZodType, Redactor<C> | null>();

  /** @param leaf what is to be done with values of a schema; null: nothing; undefined: its parts decide. */
  constructor(leaf: (schema: z.core.$ZodType) => Redactor<C> | null | undefined) {
    this.#leaf = leaf;
  }

  /** A copy of a value with the changes. Values that the schema does not describe stay as they are. */
  redact(schema: z.core.$ZodType, value: unknown, context: C): unknown {
    const redactor = this.#of(schema);
    return redactor ? redactor(value, context) : value;
  }

  #of(schema: z.core.$ZodType): Redactor<C> | null {
    const before = this.#known.get(schema);
    if (before !== undefined) return before;
    // A schema that contains itself: while it is being looked at, its inner occurrence defers to what will be known.
    this.#known.set(schema, (value, context) => {
      const later = this.#known.get(schema);
      return later ? later(value, context) : value;
    });
    const leaf = this.#leaf(schema);
    const redactor = leaf === undefined ? this.#make(schema) : leaf;
    this.#known.set(schema, redactor);
    return redactor;
  }

  #make(schema: z.core.$ZodType): Redactor<C> | null {
    if (schema instanceof z.ZodObject) return this.#object(schema.shape, schema.def.catchall);
    if (schema instanceof z.ZodArray) {
      const inner = this.#of(schema.element);
      return (
        inner &&
        ((value, context) => (Array.isArray(value) ? mapItems(value, inner, context) : value))
      );
    }
    if (schema instanceof z.ZodRecord) {
      const inner = this.#of(schema.valueType);
      return (
        inner && ((value, context) => (isRecord(value) ? mapValues(value, inner, context) : value))
      );
    }
    if (schema instanceof z.ZodTuple) {
      const inners = schema.def.items.map((item) => this.#of(item));
      const rest = schema.def.rest ? this.#of(schema.def.rest) : null;
      if (!rest && inners.every((inner) => inner === null)) return null;
      return (value, context) =>
        Array.isArray(value)
          ? value.map((item: unknown, index) => {
              const inner = index < inners.length ? inners[index] : rest;
              return inner ? inner(item, context) : item;
            })
          : value;
    }
    if (schema instanceof z.ZodUnion) return this.#union(schema);
    if (schema instanceof z.ZodIntersection) {
      return chain([this.#of(schema.def.left), this.#of(schema.def.right)]);
    }
    // What was given goes in at one end and comes out at the other: what one of them singles out is changed.
    if (schema instanceof z.ZodPipe)
      return chain([this.#of(schema.def.in), this.#of(schema.def.out)]);
    const inner = unwrap(schema);
    return inner ? this.#of(inner) : null;
  }

  #object(
    shape: Readonly<Record<string, z.core.$ZodType>>,
    catchall: z.core.$ZodType | undefined,
  ): Redactor<C> | null {
    const others = catchall ? this.#of(catchall) : null;
    const marked = Object.entries(shape).flatMap(([name, part]) => {
      const inner = this.#of(part);
      return inner ? [{ name, inner }] : [];
    });
    if (marked.length === 0 && !others) return null;
    return (value, context) => {
      if (!isRecord(value)) return value;
      let copy: Record<string, unknown> | undefined;
      const change = (name: string, inner: Redactor<C>): void => {
        const before = value[name];
        const after = inner(before, context);
        if (after !== before) (copy ??= { ...value })[name] = after;
      };
      for (const { name, inner } of marked) {
        if (Object.hasOwn(value, name)) change(name, inner);
      }
      if (others) {
        for (const name of Object.keys(value)) {
          if (!Object.hasOwn(shape, name)) change(name, others);
        }
      }
      return copy ?? value;
    };
  }

  /** Every option that accepts the value has its say: singled out in one of them is singled out. */
  #union(union: z.ZodUnion): Redactor<C> | null {
    const inners = union.options.map((option) => ({ option, inner: this.#of(option) }));
    if (inners.every(({ inner }) => inner === null)) return null;
    const chosen = discriminated(union);
    if (chosen) {
      return (value, context) => {
        const inner = chosen(value, inners);
        return inner ? inner(value, context) : value;
      };
    }
    return (value, context) =>
      inners
        .filter(({ option }) => z.safeParse(option, value).success)
        .reduce<unknown>(
          (current, { inner }) => (inner ? inner(current, context) : current),
          value,
        );
  }
}

type Options<C> = readonly {
  readonly option: z.core.$ZodType;
  readonly inner: Redactor<C> | null;
}[];

/** How the option of a discriminated union is found without trying each; undefined for other unions. */
function discriminated(
  union: z.ZodUnion,
): (<C>(value: unknown, options: Options<C>) => Redactor<C> | null) | undefined {
  if (!(union instanceof z.ZodDiscriminatedUnion)) return undefined;
  const name = union.def.discriminator;
  const indexOf = new Map<unknown, number>();
  for (const [index, option] of union.options.entries()) {
    for (const value of option._zod.propValues?.[name] ?? []) indexOf.set(value, index);
  }
  return (value, options) =>
    isRecord(value) ? (options[indexOf.get(value[name]) ?? -1]?.inner ?? null) : null;
}

function chain<C>(redactors: readonly (Redactor<C> | null)[]): Redactor<C> | null {
  const marked = redactors.filter((redactor) => redactor !== null);
  return marked.length === 0
    ? null
    : (value, context) => marked.reduce((current, inner) => inner(current, context), value);
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

function mapItems<C>(
  value: readonly unknown[],
  inner: Redactor<C>,
  context: C,
): readonly unknown[] {
  let changed = false;
  const items = value.map((item) => {
    const after = inner(item, context);
    changed ||= after !== item;
    return after;
  });
  return changed ? items : value;
}

function mapValues<C>(
  value: Record<string, unknown>,
  inner: Redactor<C>,
  context: C,
): Record<string, unknown> {
  let changed = false;
  const entries = Object.entries(value).map(([name, item]): [string, unknown] => {
    const after = inner(item, context);
    changed ||= after !== item;
    return [name, after];
  });
  return changed ? Object.fromEntries(entries) : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
