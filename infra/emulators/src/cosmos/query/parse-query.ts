import { badRequest, notSupported } from '../cosmos-error.ts';
import { isObject, type Json } from '../json.ts';
import { parseExpression } from './parse-expression.ts';
import type { Expression, Field, Order, Parameters, Query, Selection } from './syntax.ts';
import { TokenReader } from './token-reader.ts';

const DEFAULT_ALIAS = 'c';

/** A query together with the values of its parameters. */
export interface QueryWithParameters {
  readonly query: Query;
  readonly parameters: Parameters;
}

/** Parses the body of a query request; throws a 400, also for what the service knows and this emulator does not. */
export function parseQueryBody(body: Json): QueryWithParameters {
  const text = isObject(body) ? body['query'] : undefined;
  if (!isObject(body) || typeof text !== 'string') throw badRequest('The query is missing');
  const given = body['parameters'] ?? [];
  if (!Array.isArray(given)) throw badRequest('The parameters of the query must be an array');
  const parameters = new Map<string, Json>();
  for (const parameter of given as readonly Json[]) {
    const name = isObject(parameter) ? parameter['name'] : undefined;
    if (!isObject(parameter) || typeof name !== 'string' || !name.startsWith('@')) {
      throw badRequest('A parameter of the query must have a name that begins with @');
    }
    parameters.set(name, parameter['value'] ?? null);
  }
  return { query: parseQuery(text), parameters };
}

/** The name after FROM stands behind the select list that uses it, so that it is looked up first. */
function aliasesOf(text: string): readonly string[] {
  const [, source, alias] =
    /\bFROM\s+([A-Za-z_]\w*)(?:\s+(?:AS\s+)?(?!WHERE\b|ORDER\b|OFFSET\b|JOIN\b|GROUP\b|IN\b)([A-Za-z_]\w*))?/i.exec(
      text,
    ) ?? [];
  if (source === undefined) return [DEFAULT_ALIAS];
  return [alias ?? source];
}

function parseQuery(text: string): Query {
  const reader = new TokenReader(text);
  const aliases = aliasesOf(text);
  reader.expect('SELECT');
  if (reader.accept('DISTINCT')) throw notSupported('DISTINCT');
  const top = reader.accept('TOP') ? parseCount(reader) : undefined;
  const selection = parseSelection(reader, aliases);
  if (reader.accept('FROM')) {
    reader.expectKind('word', 'the name of the container');
    reader.accept('AS');
    if (reader.next.kind === 'word' && aliases.includes(reader.next.text)) reader.take();
  }
  let filter: Expression | undefined;
  let filterText: string | undefined;
  if (reader.accept('WHERE')) {
    const { start } = reader.next;
    filter = parseExpression(reader, aliases);
    filterText = reader.textFrom(start);
  }
  const order = parseOrder(reader, aliases);
  let offset: number | undefined;
  let limit: number | undefined;
  if (reader.accept('OFFSET')) {
    offset = parseCount(reader);
    reader.expect('LIMIT');
    limit = parseCount(reader);
  }
  if (reader.next.kind !== 'end') throw reader.unexpected('the end');
  const isCount = selection.kind === 'value' && hasCount(selection.value);
  if (isCount && order) throw notSupported('ORDER BY with an aggregate');
  const [alias = DEFAULT_ALIAS] = aliases;
  return { selection, alias, filter, filterText, order, top, offset, limit, isCount };
}

function hasCount(expression: Expression): boolean {
  switch (expression.kind) {
    case 'count':
      return true;
    case 'array':
      return expression.items.some(hasCount);
    case 'object':
      return expression.fields.some(({ value }) => hasCount(value));
    default:
      return false;
  }
}

function parseCount(reader: TokenReader): number {
  const count = Number(reader.expectKind('number', 'a number'));
  if (!Number.isInteger(count)) throw reader.unexpected('a whole number before it');
  return count;
}

function parseSelection(reader: TokenReader, aliases: readonly string[]): Selection {
  if (reader.accept('*')) return { kind: 'all' };
  if (reader.accept('VALUE')) {
    const { start } = reader.next;
    const value = parseExpression(reader, aliases);
    return { kind: 'value', value, text: reader.textFrom(start) };
  }
  const fields: Field[] = [];
  do fields.push(parseSelected(reader, aliases, fields.length));
  while (reader.accept(','));
  return { kind: 'fields', fields };
}

function parseSelected(reader: TokenReader, aliases: readonly string[], index: number): Field {
  const { start } = reader.next;
  const value = parseExpression(reader, aliases);
  if (hasCount(value)) throw notSupported('An aggregate without VALUE');
  const text = reader.textFrom(start);
  if (reader.accept('AS')) return { name: reader.expectKind('word', 'a name'), value, text };
  const last = value.kind === 'path' ? value.steps.at(-1) : undefined;
  if (value.kind === 'path' && last === undefined) {
    return { name: aliases[0] ?? DEFAULT_ALIAS, value, text };
  }
  return { name: typeof last === 'string' ? last : `$${index + 1}`, value, text };
}

function parseOrder(reader: TokenReader, aliases: readonly string[]): Order | undefined {
  if (!reader.accept('ORDER')) return undefined;
  reader.expect('BY');
  const { start } = reader.next;
  const by = parseExpression(reader, aliases);
  const text = reader.textFrom(start);
  if (by.kind !== 'path') throw badRequest('The ORDER BY item must be a path of the document');
  const descending = reader.accept('DESC');
  if (!descending) reader.accept('ASC');
  if (reader.next.text === ',') throw notSupported('ORDER BY of several properties');
  return { by, descending, text };
}
