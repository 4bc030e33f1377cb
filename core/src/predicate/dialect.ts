import { z } from 'zod';
import { isReadable } from './cel-environment.ts';
import { predicateError } from './predicate-error.ts';
import { ITEM_FIELDS, type PredicateKind } from './predicate-kind.ts';
import { childrenOf, isLoop, memberName, offsetOf, type Node } from './syntax.ts';

/** The functions that a predicate may call: `size(x)`. */
const FUNCTIONS: ReadonlySet<string> = new Set(
  'has size type dyn string int uint double bool timestamp duration'.split(' '),
);

/** The methods that it may call on a value: `x.contains("y")`. */
const METHODS: ReadonlySet<string> = new Set([
  ...'all exists exists_one map filter'.split(' '),
  ...'contains startsWith endsWith lowerAscii upperAscii trim indexOf substring size'.split(' '),
  ...'getFullYear getMonth getDate getDayOfMonth getDayOfWeek'.split(' '),
  ...'getHours getMinutes getSeconds getMilliseconds'.split(' '),
]);

/** Of these, the ones that are given a text: a receiver of unknown type hides that from the type checker. */
const TEXT_METHODS: ReadonlySet<string> = new Set(
  'contains startsWith endsWith indexOf'.split(' '),
);

/** Why some that CEL has are not among them. */
const REFUSED: Readonly<Record<string, string>> = {
  matches:
    'regular expressions are not supported, because some take for ever; use contains, startsWith or endsWith',
  split: 'split is not supported; use contains',
  join: 'join is not supported; ask each element, as in list.exists(x, x == "y")',
  lastIndexOf: 'lastIndexOf is not supported; use endsWith or indexOf',
  bind: 'cel.bind is not supported; write the expression out',
  getDayOfYear: 'getDayOfYear is not supported; compare with a timestamp',
};

/** Nodes from a predicate's top to its deepest part. */
const MAX_DEPTH = 1000;

/**
 * Checks that a predicate keeps to the dialect, beyond what its types say: only fields that items have, only functions
 * whose cost has a bound, only constants that can be read.
 *
 * @throws MaestroError `predicate.invalid`, or `predicate.too_costly` when it is nested too deeply.
 */
export function checkDialect(kind: PredicateKind, root: Node): void {
  const fields = ITEM_FIELDS[kind];
  const check = (node: Node, depth: number): void => {
    if (depth > MAX_DEPTH) {
      throw predicateError('predicate.too_costly', node.input, node.pos, 'it is nested too deeply');
    }
    if (node.op === 'id' && node.args === 'item') {
      refuse(node, `item is not a value; ask for a field: ${Object.keys(fields).join(', ')}`);
    }
    if (node.op === '.' && node.args[0].op === 'id' && node.args[0].args === 'item') {
      const [, name] = node.args;
      if (Object.hasOwn(fields, name)) return;
      refuse(node, `item has no field '${name}'; it has ${Object.keys(fields).join(', ')}`);
    }
    if (node.op === '[]' && node.args[0].op === 'id' && node.args[0].args === 'item') {
      refuse(node, `write item.${memberName(node) ?? 'field'}: the fields of item are known`);
    }
    if (node.op === 'call') checkCall(node);
    if (node.op === 'rcall') checkMethod(node);
    const children = childrenOf(node);
    // The variable of a loop is a name, not a value.
    const values = isLoop(node) ? children.filter((child) => child !== node.args[2][0]) : children;
    for (const child of values) check(child, depth + 1);
  };
  check(root, 0);
}

function refuse(node: Node, problem: string): never {
  throw predicateError('predicate.invalid', node.input, offsetOf(node), problem);
}

function checkCall(node: Node & { readonly op: 'call' }): void {
  const [name, [argument, ...others]] = node.args;
  if (METHODS.has(name) && !FUNCTIONS.has(name)) {
    refuse(node, `${name} is called on a value, as in item.id.${name}(...)`);
  }
  if (!FUNCTIONS.has(name)) refuse(node, reasonAgainst(name));
  if (name !== 'timestamp' && name !== 'duration') return;
  if (argument?.op !== 'value' || typeof argument.args !== 'string' || others.length > 0) {
    // A duration is read by a regular expression that backtracks: nothing from outside may reach it.
    if (name === 'duration') refuse(node, 'duration needs a literal, such as duration("90m")');
    return;
  }
  const text = argument.args;
  const good = name === 'duration' ? text.length <= 32 : DateTime.safeParse(text).success;
  if (!good || !isReadable(name, text)) {
    const sample = name === 'duration' ? '90m or 1h30m' : '2026-08-24T12:00:00Z';
    refuse(argument, `${name}() cannot read this; write it as ${sample}`);
  }
}

const DateTime = z.iso.datetime({ offset: true });

function checkMethod(node: Node & { readonly op: 'rcall' }): void {
  const [name, , parameters] = node.args;
  if (FUNCTIONS.has(name) && !METHODS.has(name)) {
    refuse(node, `${name} takes a value, as in ${name}(item.id)`);
  }
  if (!METHODS.has(name)) refuse(node, reasonAgainst(name));
  if (name.startsWith('get') && parameters.length > 0) {
    refuse(node, `${name} takes no time zone: times are in UTC`);
  }
  const [first] = parameters;
  if (TEXT_METHODS.has(name) && first?.op === 'value' && typeof first.args !== 'string') {
    refuse(first, `${name} needs a text in quotes`);
  }
  if (isLoop(node) && first?.op === 'id' && first.args === 'item') {
    refuse(first, `the variable of ${name} must have another name than item`);
  }
}

function reasonAgainst(name: string): string {
  return Object.hasOwn(REFUSED, name) ? (REFUSED[name] ?? '') : `there is no function '${name}'`;
}
