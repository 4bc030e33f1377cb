import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { canonicalJson } from '../canonical/canonical-json.ts';
import { JsonValue } from '../canonical/json-value.ts';
import { EVENT_PAYLOADS, type EventType } from '../event/event-payloads.ts';
import { redactDraft } from '../event/redact-draft.ts';
import { sealLog } from '../testing/sealed-log.ts';
import { personalDataSet } from '../testing/personal-data/personal-data-set.ts';
import { isPersonalData, personalData } from './personal-data.ts';
import { redactJsonTexts, redactTexts } from './redact-texts.ts';
import type { RedactionCounts } from './redaction-kind.ts';
import { textRedactorOf } from './text-redactor.ts';
import { isVerbatim, verbatim } from './verbatim.ts';

const redactor = textRedactorOf({
  kinds: ['email', 'phone', 'iban', 'card', 'national-id'],
  names: [],
});
const EMAIL = 'grace@example.org';

describe('what a schema says is free text', () => {
  const schema = z.looseObject({
    text: z.string().max(20),
    id: verbatim(z.string(), 'an id'),
    hash: z.string().regex(/^[^ ]+$/),
    at: z.iso.datetime().optional(),
    name: personalData(z.string(), 'name').optional(),
    anything: JsonValue,
    one: z.discriminatedUnion('kind', [
      z.looseObject({ kind: z.literal('text'), value: z.string() }),
      z.looseObject({ kind: z.literal('id'), value: verbatim(z.string(), 'an id') }),
    ]),
  });

  it('is redacted, and nothing else', () => {
    const value = {
      text: EMAIL,
      id: EMAIL,
      hash: EMAIL,
      name: EMAIL,
      anything: [{ deep: EMAIL, n: 1 }],
      one: { kind: 'text', value: EMAIL },
      later: { member: EMAIL },
    };
    const counts: RedactionCounts = {};
    expect(redactTexts(schema, value, redactor, counts)).toEqual({
      ...value,
      text: '[redacted:email]',
      anything: [{ deep: '[redacted:email]', n: 1 }],
      one: { kind: 'text', value: '[redacted:email]' },
      later: { member: '[redacted:email]' },
    });
    expect(counts).toEqual({ email: 4 });
    const id = { ...value, one: { kind: 'id', value: EMAIL } };
    expect(redactTexts(schema, id, redactor)).toMatchObject({ one: id.one });
  });

  it('stays within the length that the schema allows', () => {
    const result = redactTexts(schema, { text: 'a@b.co c@d.co e@f.co' }, redactor);
    expect(result).toEqual({ text: '[redacted:email] [re' });
  });

  it('is the very same value where there is nothing', () => {
    const value = { text: 'none', id: EMAIL, anything: { n: [1, 'two'] } };
    expect(redactTexts(schema, value, redactor)).toBe(value);
  });
});

describe('any JSON', () => {
  const texts = personalDataSet(11, 20).map(({ text }) => text);
  const Leaf = fc.oneof(fc.constantFrom(...texts), fc.integer(), fc.boolean(), fc.constant(null));
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      Leaf,
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom(...texts, '__proto__')), tie('json'), {
        maxKeys: 4,
      }),
    ),
  }));

  it('keeps its structure, loses what was in it, and is redacted once', () => {
    fc.assert(
      fc.property(json, (value) => {
        const before = JSON.stringify(value);
        const result = redactJsonTexts(value, redactor);
        expect(JSON.stringify(value)).toBe(before);
        expect(shapeOf(result)).toEqual(shapeOf(value));
        const again: unknown = JSON.parse(JSON.stringify(result));
        expect(redactJsonTexts(again, redactor)).toBe(again);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is searched once, and counted wherever it stands', () => {
    const counts: RedactionCounts = {};
    const value = redactJsonTexts({ a: [EMAIL] }, redactor, counts);
    expect(redactJsonTexts({ one: value, two: [value] }, redactor, counts)).toEqual({
      one: { a: ['[redacted:email]'] },
      two: [{ a: ['[redacted:email]'] }],
    });
    expect(counts).toEqual({ email: 3 });
    const names = textRedactorOf({ kinds: [], names: ['redacted'] });
    expect(redactJsonTexts({ value: { a: ['Redacted'] } }, names)).toEqual({
      value: { a: ['[redacted:name]'] },
    });
  });

  it('is redacted in names of members, which stay apart', () => {
    const value = { 'a@b.co': 1, 'c@d.co': 2, '[redacted:email]': 3, n: 4 };
    expect(redactJsonTexts(value, redactor)).toEqual({
      '[redacted:email] 2': 1,
      '[redacted:email] 3': 2,
      '[redacted:email]': 3,
      n: 4,
    });
  });
});

it('many names that become one do not take time with the square of their number', () => {
  const value = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`p${n}@b.co`, n]));
  const from = performance.now();
  const result = redactJsonTexts(value, redactor);
  expect(performance.now() - from).toBeLessThan(10_000);
  expect(Object.keys(result)).toHaveLength(100_000);
  expect(result).toMatchObject({ '[redacted:email]': 0, '[redacted:email] 100000': 99_999 });
});

/** A value with all texts and names taken away. */
function shapeOf(value: unknown): unknown {
  if (typeof value === 'string') return 'text';
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? value.map(shapeOf) : Object.values(value).map(shapeOf);
}

/** Where a schema has free text: `*` stands for items, `{}` for any JSON below. */
function placesOf(schema: z.core.$ZodType, at = ''): readonly string[] {
  if (isVerbatim(schema) || isPersonalData(schema)) return [];
  if (schema instanceof z.ZodUnknown) return [`${at}{}`];
  if (schema instanceof z.ZodString) return schema.format === null ? [at] : [];
  if (schema instanceof z.ZodRecord) return placesOf(schema.valueType, at);
  if (schema instanceof z.ZodArray) return placesOf(schema.element, `${at}/*`);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((one) => placesOf(one, at));
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return placesOf(schema.def.innerType, at);
  }
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape).flatMap(([name, part]) =>
      placesOf(part as z.core.$ZodType, `${at}/${name}`),
    );
  }
  return [];
}

const GOAL = [
  'objective',
  'question',
  'audience',
  'constraints/must/*',
  'constraints/mustNot/*',
  'constraints/evidence/designs/*',
  'tags/*',
  'parameters{}',
];
const goalAt = (at: string): string[] => GOAL.map((place) => `${at}/${place}`);
const beginningAt = (at: string): string[] => [
  `${at}/recipeState{}`,
  `${at}/copied/signal/payload{}`,
  `${at}/copied/lastWake/item{}`,
  `${at}/copied/merge/parameters{}`,
  ...['inputs/*/result{}', 'inputs/*/state{}'].map((place) => `${at}/copied/merge/${place}`),
  ...['value{}', 'conflicts/*/base{}', 'conflicts/*/values/*/value{}'].map(
    (place) => `${at}/copied/merge/merged/${place}`,
  ),
];

/** The free texts of events. A member that is new in an event shows here: is it free text, or `verbatim`? */
const PLACES: { readonly [T in EventType]: readonly string[] } = {
  spawn: [...beginningAt(''), ...goalAt('/goal'), '/merge/parameters{}'],
  wake: ['/item{}'],
  model_call: [],
  tool_call: ['/input{}', '/output{}', '/error'],
  publish: ['/artifact/value{}'],
  fork: [
    ...beginningAt('/children/*/birth'),
    ...goalAt('/children/*/birth/goal'),
    ...beginningAt('/birth'),
    ...goalAt('/birth/goal'),
  ],
  merge: [
    '/input/result{}',
    '/input/state{}',
    '/merged/value{}',
    '/merged/conflicts/*/base{}',
    '/merged/conflicts/*/values/*/value{}',
  ],
  sleep: [],
  kill: [],
  budget_charge: [],
  human_signal: ['/payload{}'],
  error: ['/message'],
  step: ['/outcome/artifact/value{}', '/outcome/result{}', '/outcome/message', '/recipeState{}'],
};

it.each(Object.keys(PLACES) as EventType[])('%s events have free text where we know it', (type) => {
  expect(placesOf(EVENT_PAYLOADS[type]).toSorted()).toEqual(PLACES[type].toSorted());
});

it('sealed events say how much was taken out, and their chain holds', () => {
  const draft = {
    type: 'error',
    payload: { code: 'step.failed', message: `${EMAIL} ${EMAIL}`, final: true },
  } as const;
  const [entry] = sealLog([redactDraft(draft, redactor)]);
  expect(entry?.event).toMatchObject({
    redactions: { email: 2 },
    payload: { message: '[redacted:email] [redacted:email]' },
  });
  expect(entry?.row).toBe(canonicalJson(entry?.event));
});
