import { notSupported } from '../cosmos-error.ts';
import { COMPARISONS, FUNCTIONS, type Comparison, type Expression, type Field } from './syntax.ts';
import type { TokenReader } from './token-reader.ts';

/** Parses a scalar expression; `aliases` are the names of the item. */
export function parseExpression(reader: TokenReader, aliases: readonly string[]): Expression {
  let left = parseAnd(reader, aliases);
  while (reader.accept('OR')) left = { kind: 'or', left, right: parseAnd(reader, aliases) };
  return left;
}

function parseAnd(reader: TokenReader, aliases: readonly string[]): Expression {
  let left = parseNot(reader, aliases);
  while (reader.accept('AND')) left = { kind: 'and', left, right: parseNot(reader, aliases) };
  return left;
}

function parseNot(reader: TokenReader, aliases: readonly string[]): Expression {
  if (reader.accept('NOT')) return { kind: 'not', of: parseNot(reader, aliases) };
  const left = parseOperand(reader, aliases);
  if (reader.accept('NOT')) {
    reader.expect('IN');
    return { kind: 'not', of: { kind: 'in', value: left, among: parseList(reader, aliases) } };
  }
  if (reader.accept('IN')) return { kind: 'in', value: left, among: parseList(reader, aliases) };
  const sign = acceptComparison(reader);
  if (sign === undefined) return left;
  return { kind: 'comparison', sign, left, right: parseOperand(reader, aliases) };
}

function acceptComparison(reader: TokenReader): Comparison | undefined {
  if (reader.accept('<>')) return '!=';
  return COMPARISONS.find((sign) => reader.accept(sign));
}

function parseList(reader: TokenReader, aliases: readonly string[]): readonly Expression[] {
  reader.expect('(');
  return parseItems(reader, ')', () => parseExpression(reader, aliases));
}

function parseItems<Item>(reader: TokenReader, close: string, parse: () => Item): readonly Item[] {
  const items: Item[] = [];
  while (!reader.accept(close)) {
    if (items.length > 0) reader.expect(',');
    items.push(parse());
  }
  return items;
}

function parseField(reader: TokenReader, aliases: readonly string[]): Field {
  const named = reader.next.kind === 'string' || reader.next.kind === 'word';
  if (!named) throw reader.unexpected('the name of a property');
  const name = reader.take().text;
  reader.expect(':');
  const { start } = reader.next;
  const value = parseExpression(reader, aliases);
  return { name, value, text: reader.textFrom(start) };
}

function parseOperand(reader: TokenReader, aliases: readonly string[]): Expression {
  if (reader.accept('(')) {
    const inner = parseExpression(reader, aliases);
    reader.expect(')');
    return inner;
  }
  if (reader.accept('[')) {
    return {
      kind: 'array',
      items: parseItems(reader, ']', () => parseExpression(reader, aliases)),
    };
  }
  if (reader.accept('{')) {
    return { kind: 'object', fields: parseItems(reader, '}', () => parseField(reader, aliases)) };
  }
  if (reader.accept('-')) {
    return { kind: 'constant', value: -Number(reader.expectKind('number', 'a number')) };
  }
  const { kind, text } = reader.next;
  switch (kind) {
    case 'number':
      reader.take();
      return { kind: 'constant', value: Number(text) };
    case 'string':
      reader.take();
      return { kind: 'constant', value: text };
    case 'parameter':
      reader.take();
      return { kind: 'parameter', name: text };
    case 'word':
      reader.take();
      return parseWord(reader, text, aliases);
    case 'sign':
    case 'end':
      throw reader.unexpected('an expression');
  }
}

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

function parseWord(reader: TokenReader, word: string, aliases: readonly string[]): Expression {
  const constant = CONSTANTS.get(word.toLowerCase());
  if (constant !== undefined) return { kind: 'constant', value: constant };
  if (reader.next.text === '(' && reader.next.kind === 'sign') {
    const args = parseList(reader, aliases);
    const upper = word.toUpperCase();
    const [first] = args;
    if (upper === 'COUNT' && first) return { kind: 'count', of: first };
    const name = FUNCTIONS.find((known) => known === upper);
    if (!name) throw notSupported(`The function ${upper}`);
    return { kind: 'call', name, args };
  }
  if (!aliases.includes(word)) throw notSupported(`The identifier '${word}' (unresolved)`);
  return { kind: 'path', steps: parseSteps(reader) };
}

function parseSteps(reader: TokenReader): readonly (string | number)[] {
  const steps: (string | number)[] = [];
  for (;;) {
    if (reader.accept('.')) {
      steps.push(reader.expectKind('word', 'the name of a property'));
    } else if (reader.accept('[')) {
      const { kind, text } = reader.take();
      if (kind === 'string') steps.push(text);
      else if (kind === 'number') steps.push(Number(text));
      else throw reader.unexpected('a property name or an index before it');
      reader.expect(']');
    } else return steps;
  }
}
