import { BoundedCache } from './bounded-cache.ts';
import { ENVIRONMENTS, type Program } from './cel-environment.ts';
import { celFault, type CelFault } from './cel-fault.ts';
import { checkDialect } from './dialect.ts';
import { checkCost } from './cost-limit.ts';
import { predicateError } from './predicate-error.ts';
import type { PredicateKind } from './predicate-kind.ts';
import { Predicate } from './predicate.ts';
import { offsetOf } from './syntax.ts';

/** The longest predicate, in characters. */
export const MAX_PREDICATE_CHARS = 4000;

const CACHES: { readonly [Kind in PredicateKind]: BoundedCache<Predicate<Kind>> } = {
  stream: new BoundedCache({ maxEntries: 10_000, maxChars: 1_000_000 }),
  sibling: new BoundedCache({ maxEntries: 10_000, maxChars: 1_000_000 }),
};

/**
 * Compiles a predicate of a wake condition. Of each kind the last 10,000 (of together at most a million characters) are
 * remembered, so the same text gives the same predicate while it is among them.
 *
 * @throws MaestroError `predicate.invalid` when it does not parse, names what does not exist, or has a wrong type;
 * `predicate.too_costly` when it is too long, or evaluating it could take too long. Both say where.
 */
export function compilePredicate<Kind extends PredicateKind>(
  kind: Kind,
  text: string,
): Predicate<Kind> {
  const cache: BoundedCache<Predicate<Kind>> = CACHES[kind];
  const known = cache.get(text);
  if (known) return known;
  const predicate = compile(kind, text);
  cache.set(text, predicate);
  return predicate;
}

function compile<Kind extends PredicateKind>(kind: Kind, text: string): Predicate<Kind> {
  if (text.length > MAX_PREDICATE_CHARS) {
    const problem = `it has ${text.length} characters; ${MAX_PREDICATE_CHARS} are allowed`;
    throw predicateError('predicate.too_costly', text, MAX_PREDICATE_CHARS, problem);
  }
  const program = parse(kind, text);
  checkDialect(kind, program.ast);
  checkTypes(text, program);
  return new Predicate(kind, text, program, checkCost(kind, program.ast));
}

function parse(kind: PredicateKind, text: string): Program {
  if (text.trim() === '') {
    throw predicateError('predicate.invalid', text, 0, 'it is empty; leave it out to match all');
  }
  try {
    return ENVIRONMENTS[kind].parse(text);
  } catch (error) {
    const fault = celFault(error);
    const { code, summary, offset = 0, end = offset } = fault;
    if (code === 'limit_exceeded') {
      const problem = `it is nested too deeply, or lists too much (${summary})`;
      throw predicateError('predicate.too_costly', text, offset, problem);
    }
    const problem = syntaxProblem(fault, text.slice(offset, end));
    throw predicateError('predicate.invalid', text, offset, problem);
  }
}

/** What people write who think of another language. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['=', '; equality is =='],
  ['&', '; and is &&'],
  ['|', '; or is ||'],
  ['and', '; and is &&'],
  ['or', '; or is ||'],
  ['not', '; not is !'],
]);

/** The library's names of tokens. */
const TOKENS: ReadonlyMap<string, string> = new Map([
  ['EOF', 'the end'],
  ['IDENTIFIER', 'a name'],
  ['LPAREN', "'('"],
  ['RPAREN', "')'"],
  ['LBRACKET', "'['"],
  ['RBRACKET', "']'"],
  ['LBRACE', "'{'"],
  ['RBRACE', "'}'"],
  ['COLON', "':'"],
  ['COMMA', "','"],
]);

function syntaxProblem({ code, summary }: CelFault, found: string): string {
  const problem =
    code === 'unexpected_character'
      ? `unexpected '${found}'`
      : summary.replaceAll(/\b[A-Z]{3,}\b/g, (token) => TOKENS.get(token) ?? token);
  return `${problem}${HINTS.get(found) ?? ''}`;
}

function checkTypes(text: string, program: Program): void {
  const { valid, type, error } = program.check();
  if (!valid) {
    const { code, summary, offset = 0, end, node } = celFault(error);
    const at = code === 'no_matching_overload' && node ? offsetOf(node) : offset;
    const problem =
      code === 'unknown_variable'
        ? `there is no variable '${text.slice(offset, end)}'; the item is called item`
        : summary;
    throw predicateError('predicate.invalid', text, at, problem);
  }
  if (type !== 'bool' && type !== 'dyn') {
    const problem = `it has to be true or false, and gives ${type ?? 'nothing'}`;
    throw predicateError('predicate.invalid', text, offsetOf(program.ast), problem);
  }
}
