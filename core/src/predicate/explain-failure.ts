import { shortened } from '../canonical/well-formed.ts';
import { celFault } from './cel-fault.ts';
import { failingConjunct } from './failing-conjunct.ts';
import type { PredicateKind } from './predicate-kind.ts';
import type { PreparedItem } from './prepared-item.ts';
import {
  childrenOf,
  conjunctsOf,
  pathOf,
  pathText,
  readPath,
  textOf,
  type Node,
} from './syntax.ts';

/** Characters of a value that a reason shows. */
const MAX_VALUE_CHARS = 80;

/** Characters of a conjunct that a reason shows. */
const MAX_CONJUNCT_CHARS = 200;

/** Values that a reason shows. */
const MAX_VALUES = 4;

/**
 * Why an item does not match a predicate, in one line: the first conjunct that is not true, and the values it saw. Never
 * throws.
 */
export function explainFailure<Kind extends PredicateKind>(
  kind: Kind,
  text: string,
  root: Node,
  prepared: PreparedItem<Kind>,
): string {
  try {
    const failing = failingConjunct(kind, text, prepared.context);
    const conjunct = failing && conjunctsOf(root)[failing.index];
    if (!conjunct) return 'the predicate was not true';
    const name = cut(textOf(conjunct), MAX_CONJUNCT_CHARS);
    const seen = valuesSeen(conjunct, prepared.item);
    if (failing.error !== undefined) return errorReason(name, failing.error, seen);
    if (failing.value === false) return `${name} was false${seen}`;
    return `${name} is neither true nor false${seen}`;
  } catch (error) {
    return `the predicate could not be evaluated: ${celFault(error).summary}`;
  }
}

function errorReason(name: string, error: unknown, seen: string): string {
  const { code, summary, node } = celFault(error);
  if (code === 'no_such_key' && node) {
    const path = pathOf(node);
    const what = path ? pathText(path) : textOf(node);
    return `${cut(what.replace(/^item\./, ''), MAX_CONJUNCT_CHARS)} is missing`;
  }
  const problem = summary.replaceAll(/\s+/g, ' ');
  return `${name} failed: ${cut(problem, MAX_CONJUNCT_CHARS)}${seen}`;
}

function valuesSeen(conjunct: Node, item: unknown): string {
  const paths = new Map(pathsIn(conjunct).map((path) => [pathText(path), path]));
  const values = [...paths].slice(0, MAX_VALUES).map(([name, path]) => {
    const value = readPath(item, path);
    return value === undefined
      ? `${name} is missing`
      : `${name} is ${cut(JSON.stringify(value), MAX_VALUE_CHARS)}`;
  });
  return values.length > 0 ? `: ${values.join(', ')}` : '';
}

function pathsIn(node: Node): readonly (readonly string[])[] {
  const path = pathOf(node);
  return path && path.length > 0 ? [path] : childrenOf(node).flatMap(pathsIn);
}

function cut(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${shortened(text, maxChars - 1)}…`;
}
