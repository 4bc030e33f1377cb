import { z } from 'zod';
import { isPersonalData, REDACTED } from './personal-data.ts';

/**
 * A copy of a value in which everything that its schema marks as personal data is replaced by `[redacted]`.
 * Returns the value itself when nothing is marked. Values that the schema does not describe stay as they are.
 */
export function redact(schema: z.core.$ZodType, value: unknown): unknown {
  return mayHold(schema) ? walk(schema, value) : value;
}

const known = new WeakMap<z.core.$ZodType, boolean>();

/** Whether a schema marks anything at all; asked once per schema, so that unmarked payloads cost nothing. */
function mayHold(schema: z.core.$ZodType): boolean {
  const before = known.get(schema);
  if (before !== undefined) return before;
  known.set(schema, false);
  const answer = isPersonalData(schema) || childrenOf(schema).some(mayHold);
  known.set(schema, answer);
  return answer;
}

function childrenOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodObject) return Object.values(schema.shape);
  if (schema instanceof z.ZodArray) return [schema.element];
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  if (schema instanceof z.ZodTuple) return schema.def.items;
  if (schema instanceof z.ZodUnion) return schema.options;
  if (schema instanceof z.ZodIntersection) return [schema.def.left, schema.def.right];
  const inner = unwrap(schema);
  return inner ? [inner] : [];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodReadonly
  ) {
    return schema.def.innerType;
  }
  if (schema instanceof z.ZodLazy) return schema.def.getter();
  if (schema instanceof z.ZodPipe) return schema.def.in;
  return undefined;
}

function walk(schema: z.core.$ZodType, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (isPersonalData(schema)) return REDACTED;
  if (schema instanceof z.ZodObject && isRecord(value)) {
    const copy: Record<string, unknown> = { ...value };
    for (const [name, part] of Object.entries(schema.shape)) {
      if (Object.hasOwn(copy, name)) copy[name] = walk(part, copy[name]);
    }
    return copy;
  }
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item) => walk(schema.element, item));
  }
  if (schema instanceof z.ZodRecord && isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, walk(schema.valueType, item)]),
    );
  }
  if (schema instanceof z.ZodTuple && Array.isArray(value)) {
    return value.map((item, index) => {
      const part = schema.def.items[index];
      return part ? walk(part, item) : item;
    });
  }
  if (schema instanceof z.ZodUnion) {
    // Every option that accepts the value has its say: marked in one of them is marked.
    return schema.options
      .filter((option) => z.safeParse(option, value).success)
      .reduce<unknown>((current, option) => walk(option, current), value);
  }
  if (schema instanceof z.ZodIntersection) return walk(schema.def.right, walk(schema.def.left, value));
  const inner = unwrap(schema);
  return inner ? walk(inner, value) : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
