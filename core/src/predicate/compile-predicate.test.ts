import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MaestroError } from '../errors/maestro-error.ts';
import type { StreamItem } from '../stream/stream-item.ts';
import { compilePredicate, MAX_PREDICATE_CHARS } from './compile-predicate.ts';
import type { PredicateKind } from './predicate-kind.ts';

function refusal(kind: PredicateKind, text: string): MaestroError {
  try {
    compilePredicate(kind, text);
  } catch (error) {
    expect(error).toBeInstanceOf(MaestroError);
    return error as MaestroError;
  }
  throw new Error(`${text} was taken`);
}

/** Text, position, and what the problem says. */
type Case = readonly [text: string, at: string, problem: string];

const INVALID: readonly Case[] = [
  // What does not parse
  ['', '1:1', 'it is empty; leave it out to match all'],
  ['item.title ==', '1:14', 'Unexpected token: the end'],
  ['(item.id == "x"', '1:16', "Expected ')', got the end"],
  ['item.title = "x"', '1:12', "unexpected '='; equality is =="],
  ['item.id == "a" and true', '1:16', "unexpected 'and'; and is &&"],
  ['item.id == "a" & true', '1:16', "unexpected '&'; and is &&"],
  ['item.id == "a', '1:12', 'Unterminated string'],
  ['item.id == "a" &&\n  item.id ==', '2:13', 'Unexpected token: the end'],
  // Names that there are not
  ['bar == 1', '1:1', "there is no variable 'bar'; the item is called item"],
  ['item.id == "1" &&\n  item.titel == "x"', '2:8', "item has no field 'titel'; it has id, stream"],
  ['has(item.titel)', '1:10', "item has no field 'titel'"],
  ['item.constructor == "x"', '1:6', "item has no field 'constructor'"],
  ['item.tag == "x"', '1:6', "item has no field 'tag'"],
  ['item["id"] == "x"', '1:1', 'write item.id'],
  ['item == item', '1:1', 'item is not a value; ask for a field: id'],
  ['[item].exists(x, true)', '1:2', 'item is not a value'],
  ['foo(item.id)', '1:1', "there is no function 'foo'"],
  ['item.title.foo()', '1:12', "there is no function 'foo'"],
  ['item.id.toString() == "x"', '1:9', "there is no function 'toString'"],
  ['contains(item.title, "x")', '1:1', 'contains is called on a value'],
  ['item.title.has("x")', '1:12', 'has takes a value'],
  // What is not allowed
  ['item.title.matches("(a+)+$")', '1:12', 'use contains, startsWith or endsWith'],
  ['item.title.split(",").size() > 1', '1:12', 'split is not supported'],
  ['item.title.lastIndexOf("x") > 1', '1:12', 'lastIndexOf is not supported'],
  ['cel.bind(x, 1, x > 0)', '1:5', 'cel.bind is not supported'],
  ['b"{}".json() == {}', '1:7', "there is no function 'json'"],
  ['item.at.getHours("Europe/Berlin") > 3', '1:9', 'times are in UTC'],
  ['duration(item.title) > duration("1h")', '1:1', 'duration needs a literal'],
  [`duration("${'1'.repeat(33)}") > duration("1h")`, '1:10', 'cannot read this'],
  ['item.at - item.at > duration("1 hour")', '1:30', 'write it as 90m or 1h30m'],
  ['item.at > timestamp("2026-13-01T00:00:00Z")', '1:21', 'write it as 2026-'],
  ['item.at > timestamp("August 24, 2026 12:00")', '1:21', 'write it as 2026-'],
  ['item.attributes.l.exists(item, true)', '1:26', 'must have another name than item'],
  ['item.attributes.l.exists(x.y, true)', '1:28', 'invalid predicate iteration variable'],
  // Types
  ['item.title', '1:6', 'it has to be true or false, and gives string'],
  ['1 + 1 // why', '1:1', 'it has to be true or false, and gives int'],
  ['item.title == 3', '1:1', 'string == int is not possible'],
  ['item.id == "x" && item.at > "2026"', '1:19', 'google.protobuf.Timestamp > string'],
  ['item.title.contains(3)', '1:21', 'contains needs a text in quotes'],
  ['item.attributes.x.contains(3)', '1:28', 'contains needs a text in quotes'],
  ['item.title.contains(item.at)', '1:12', 'string.contains(google.protobuf.Timestamp)'],
  ['item.title && true', '1:1', 'requires bool operands'],
  ['[1, "a"].exists(x, true)', '1:5', 'List elements must have the same type'],
  ['item.attributes.l.exists(x)', '1:26', "there is no variable 'x'"],
];

const TOO_COSTLY: readonly Case[] = [
  ['x'.repeat(MAX_PREDICATE_CHARS + 1), '1:4001', 'it has 4001 characters; 4000 are allowed'],
  [`${'('.repeat(70)}true${')'.repeat(70)}`, '1:65', 'nested too deeply'],
  [`${'!'.repeat(3900)}true`, '1:1002', 'nested too deeply'],
  [
    'item.attributes.a.exists(x, item.attributes.b.exists(y, item.attributes.c.exists(z, x == z)))',
    '1:19',
    '300000 is allowed',
  ],
  [
    'true && item.attributes.a.all(x, item.attributes.b.all(y, item.body.contains("z")))',
    '1:27',
    'Most',
  ],
  ['item.body.contains(item.title)', '1:11', 'a literal of at most 200 characters'],
  [`item.body.contains("${'a'.repeat(201)}")`, '1:11', 'a literal of at most 200 characters'],
  [`[item.title]${'.map(a, a + a)'.repeat(12)}.exists(a, a == "")`, '1:105', 'too long a text'],
];

describe.each([
  ['predicate.invalid', INVALID],
  ['predicate.too_costly', TOO_COSTLY],
] as const)('%s is what is said of', (code, cases) => {
  it.each(cases)('%s', (text, at, problem) => {
    const error = refusal('stream', text);
    expect(error.code).toBe(code);
    expect(error.status).toBe(400);
    expect(error.message).toContain(problem);
    const [line, column] = at.split(':');
    expect(error.message).toContain(`line ${line}, column ${column}: `);
    expect(error.details).toEqual([{ at, message: expect.stringContaining(problem) }]);
  });
});

describe('the excerpt', () => {
  it('is the line with a caret below the place', () => {
    expect(refusal('stream', 'true &&\n\titem.titel == "x" &&\nfalse').message).toBe(
      `predicate, line 2, column 7: item has no field 'titel'; it has id, stream, at, source, title, attributes, body
 item.titel == "x" &&
      ^`,
    );
  });

  it('is cut to 80 characters around the place', () => {
    const [, line, caret] = refusal('stream', `${'true || '.repeat(40)}foo == 1`).message.split(
      '\n',
    );
    expect(line).toHaveLength(80);
    expect(line?.slice(caret?.indexOf('^'))).toBe('foo == 1');
  });
});

it('the other kind has other fields', () => {
  expect(compilePredicate('sibling', 'item.tag == "a" && item.value.x > 1').kind).toBe('sibling');
  expect(refusal('sibling', 'item.stream == "a"').message).toContain("item has no field 'stream'");
});

it('the same text gives the same predicate', () => {
  expect(compilePredicate('stream', 'item.id == "1"')).toBe(
    compilePredicate('stream', 'item.id == "1"'),
  );
});

it('what may be true or false as far as anyone can tell is taken', () => {
  expect(compilePredicate('stream', 'item.attributes.urgent').text).toBe('item.attributes.urgent');
});

const NOTHING: StreamItem = {
  id: 'a',
  stream: 's',
  at: '2026-08-24T12:30:00.000Z',
  source: '',
  title: '',
  attributes: { x: ['a'] },
};

it('whatever is written is compiled, and then never throws, or refused with its position', () => {
  const token = fc.oneof(
    fc.constantFrom(
      ...'item . id attributes x && || ! == < + - * ( ) [ ] { } , : ? "a" 1 in'.split(' '),
    ),
    fc.constantFrom(
      ...'item.id item.attributes.x item.at exists has( size( timestamp( cel //'.split(' '),
    ),
    fc.constantFrom(
      '.exists(x, ',
      '.contains(',
      'b"a"',
      'r"',
      '"""',
      '\\n',
      '1u',
      '1.5',
      'null',
      'true',
    ),
    fc.string({ maxLength: 3 }),
  );
  const text = fc.array(token, { maxLength: 12 }).map((tokens) => tokens.join(''));
  const compiled = { count: 0 };
  fc.assert(
    fc.property(text, (written) => {
      try {
        const predicate = compilePredicate('stream', written);
        compiled.count += 1;
        expect(predicate.explain(NOTHING)).toEqual(expect.any(String));
      } catch (error) {
        expect((error as MaestroError).code).toMatch(/^predicate\.(invalid|too_costly)$/);
        expect((error as MaestroError).details[0]?.at).toMatch(/^[1-9]\d*:[1-9]\d*$/);
      }
    }),
    { numRuns: 3000 },
  );
  expect(compiled.count).toBeGreaterThan(10);
});
