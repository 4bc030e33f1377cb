import { z } from 'zod';
import { shortened } from '../canonical/well-formed.ts';
import { isPersonalData } from './personal-data.ts';
import { addCounts, countMarkers, type RedactionCounts } from './redaction-kind.ts';
import { SchemaRedactor } from './schema-redactor.ts';
import type { TextRedactor } from './text-redactor.ts';
import { isVerbatim } from './verbatim.ts';

interface Context {
  readonly redactor: TextRedactor;
  readonly counts: RedactionCounts;
}

/**
 * What is free text follows from the schema: every text without a pattern, a format or the mark `verbatim`, and everything
 * in values of which the schema says nothing. So a member that is added later is free text unless somebody says otherwise.
 */
const texts = new SchemaRedactor<Context>((schema) => {
  if (isVerbatim(schema) || isPersonalData(schema)) return null;
  if (schema instanceof z.ZodUnknown || schema instanceof z.ZodAny) return redactJson;
  if (schema instanceof z.ZodRecord && schema.valueType instanceof z.ZodUnknown) return redactJson;
  if (!(schema instanceof z.ZodString) || schema.format !== null) return undefined;
  const most = schema.maxLength;
  return (value, context) => {
    const after = redactJson(value, context);
    // Markers can be longer than what they stand for.
    return typeof after === 'string' && most !== null && after.length > most && after !== value
      ? shortened(after, most)
      : after;
  };
});

/**
 * A value of a schema with markers in place of the personal data in its free text; the very same value when there are none.
 * Counts all markers that it then holds, also those that stood there before.
 */
export function redactTexts(
  schema: z.core.$ZodType,
  value: unknown,
  redactor: TextRedactor,
  counts: RedactionCounts = {},
): unknown {
  return texts.redact(schema, value, { redactor, counts });
}

/**
 * The same for a JSON value of which no schema says anything: all its texts, and the names of its members. What it returns must
 * not be changed afterwards: it is known to be done.
 */
export function redactJsonTexts<T>(
  value: T,
  redactor: TextRedactor,
  counts: RedactionCounts = {},
): T {
  const found: RedactionCounts = {};
  const result = redactJson(value, { redactor, counts: found }) as T;
  if (typeof result === 'object' && result !== null) doneBy(redactor).set(result, found);
  addCounts(counts, found);
  return result;
}

/** What redactors made of whole values, and what was in it: a result is in two events of its turn, and need be searched once. */
const done = new WeakMap<TextRedactor, WeakMap<object, RedactionCounts>>();

function doneBy(redactor: TextRedactor): WeakMap<object, RedactionCounts> {
  let values = done.get(redactor);
  if (!values) done.set(redactor, (values = new WeakMap()));
  return values;
}

function redactJson(value: unknown, context: Context, label = ''): unknown {
  if (typeof value === 'string') {
    const text = context.redactor.redact(value, label);
    countMarkers(text, context.counts);
    return text;
  }
  if (typeof value !== 'object' || value === null) return value;
  const known = done.get(context.redactor)?.get(value);
  if (known) {
    addCounts(context.counts, known);
    return value;
  }
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined;
    for (const [index, item] of value.entries()) {
      const after = redactJson(item, context, label);
      if (after !== item) (copy ??= [...(value as unknown[])])[index] = after;
    }
    return copy ?? value;
  }
  return redactMembers(value as Record<string, unknown>, context);
}

function redactMembers(value: Record<string, unknown>, context: Context): unknown {
  let copy: Record<string, unknown> | undefined;
  let renamed = false;
  for (const [name, item] of Object.entries(value)) {
    const after = redactJson(item, context, name);
    if (after !== item) setMember((copy ??= { ...value }), name, after);
    renamed ||= context.redactor.redact(name) !== name;
    countMarkers(name, context.counts);
  }
  return renamed ? withNames(copy ?? value, context) : (copy ?? value);
}

/** With markers in the names of members, too; where two come to have one name, the second is told by a number. */
function withNames(value: Record<string, unknown>, { redactor, counts }: Context): unknown {
  const members = new Map<string, unknown>();
  /** The number that each marker was given last: counting from the start for each would take time with the square. */
  const tried = new Map<string, number>();
  for (const [name, item] of Object.entries(value)) {
    const called = redactor.redact(name);
    if (called === name) {
      members.set(name, item);
      continue;
    }
    countMarkers(called, counts);
    const isTaken = (one: string): boolean => members.has(one) || Object.hasOwn(value, one);
    let n = tried.get(called) ?? 1;
    let unique = n === 1 ? called : `${called} ${n}`;
    while (isTaken(unique)) unique = `${called} ${++n}`;
    tried.set(called, n);
    members.set(unique, item);
  }
  return Object.fromEntries(members);
}

/** Sets a member of any name: `__proto__` is one like others in JSON. */
function setMember(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}
