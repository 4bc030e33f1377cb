import type { PredicateKind } from './predicate-kind.ts';
import {
  elementOf,
  itemValue,
  listOf,
  loopVariable,
  oneOf,
  scalar,
  sumOf,
  type ItemShape,
  type SizedValue,
} from './sized-value.ts';
import { childrenOf, isLoop, memberName, type Node } from './syntax.ts';

/** What an item is taken to hold when a predicate is compiled. */
export const ASSUMED_SHAPE: ItemShape = { elements: 64, nodes: 64, chars: 4096 };

/** Characters of a text that one unit looks through. */
const CHARS_FOR_A_UNIT = 64;

/** Characters of two texts that one unit compares. */
const COMPARED_FOR_A_UNIT = 1024;

/** What an error costs that is made and caught, and how far into the text its place is for one unit more. */
const FAILURE_UNITS = 50;
const OFFSET_FOR_A_UNIT = 12;

/** Functions that look at each character, or each member. */
const SCANS: ReadonlySet<string> = new Set(
  'contains indexOf lowerAscii upperAscii trim substring size double'.split(' '),
);

/** Functions that give a text no longer than the one they are given. */
const TEXTS: ReadonlySet<string> = new Set(
  'lowerAscii upperAscii trim substring string dyn'.split(' '),
);

/** What evaluating a node costs at most. */
export interface Estimate {
  readonly units: number;
  /** What the node gives. */
  readonly value: SizedValue;
  /** Whether it may end with an error, as far as the text tells. */
  readonly fails: boolean;
  /** The part of the node that most of it goes to. */
  readonly costliest: Node;
}

/** Is told what each node is given and gives, operands before what is made of them. */
export type Visitor = (node: Node, operands: readonly SizedValue[], value: SizedValue) => void;

/**
 * What a predicate costs at most on an item of a shape. A loop costs its body times the longest list of the item, or the
 * length of a list that is written out; a loop within a loop multiplies.
 */
export function estimateCost(
  kind: PredicateKind,
  root: Node,
  shape: ItemShape,
  visit: Visitor = () => undefined,
): Estimate {
  return estimate(root, new Map([['item', itemValue(kind, shape)]]), visit);
}

type Scope = ReadonlyMap<string, SizedValue>;

function estimate(node: Node, scope: Scope, visit: Visitor): Estimate {
  if (isLoop(node)) return estimateLoop(node, scope, visit);
  const parts = childrenOf(node).map((child) => estimate(child, scope, visit));
  const operands = parts.map((part) => part.value);
  const value = valueOf(node, operands, scope);
  visit(node, operands, value);
  // What decides for && and || may come after an error, which is caught until then.
  const caught = node.op === '&&' || node.op === '||' ? failureUnits(node, parts.slice(0, 1)) : 0;
  const units = parts.reduce((sum, part) => sum + part.units, caught + ownUnits(node, operands));
  const fails = !NEVER_FAIL.has(node.op) || parts.some((part) => part.fails);
  return { units, value, fails, costliest: costliest(node, units, parts) };
}

function estimateLoop(
  node: Node & { readonly op: 'rcall' },
  scope: Scope,
  visit: Visitor,
): Estimate {
  const [name, receiver, [variable, ...body]] = node.args;
  const range = estimate(receiver, scope, visit);
  const inner = new Map(scope);
  if (variable?.op === 'id') inner.set(variable.args, loopVariable(range.value));
  const parts = body.map((part) => estimate(part, inner, visit));
  const last = parts.at(-1)?.value ?? scalar();
  const { elements } = range.value;
  const value =
    name === 'map' ? listOf([last], elements) : name === 'filter' ? range.value : scalar();
  visit(node, [range.value], value);
  const caught = name === 'all' || name === 'exists' ? failureUnits(node, parts) : 0;
  const pass = parts.reduce((sum, part) => sum + part.units, 2 + caught);
  const units = range.units + 2 + elements * pass;
  return { units, value, fails: true, costliest: costliest(node, units, [range]) };
}

/** Nodes that give no errors of their own. */
const NEVER_FAIL: ReadonlySet<string> = new Set('value id list map == != && ||'.split(' '));

function failureUnits(node: Node, parts: readonly Estimate[]): number {
  if (!parts.some((part) => part.fails)) return 0;
  return FAILURE_UNITS + node.end / OFFSET_FOR_A_UNIT;
}

/** The part in which more than half of a node's cost is, or else the node. */
function costliest(node: Node, units: number, parts: readonly Estimate[]): Node {
  return parts.find((part) => part.units * 2 > units)?.costliest ?? node;
}

function valueOf(node: Node, operands: readonly SizedValue[], scope: Scope): SizedValue {
  const [first = scalar(), second = scalar()] = operands;
  switch (node.op) {
    case 'value':
      return scalar(typeof node.args === 'string' ? node.args.length : 0);
    case 'id':
      return scope.get(node.args) ?? scalar();
    case '.':
    case '[]':
      return first.fields?.[memberName(node) ?? ''] ?? elementOf(first);
    case 'list':
      return listOf(operands);
    case 'map':
      return listOf(operands, node.args.length);
    case '+':
      return sumOf(operands);
    case '?:':
      return oneOf([second, operands[2] ?? scalar()]);
    case 'call':
    case 'rcall':
      return TEXTS.has(node.args[0]) ? first : scalar();
    default:
      return scalar();
  }
}

function ownUnits(node: Node, operands: readonly SizedValue[]): number {
  const [first = scalar(), second = scalar()] = operands;
  switch (node.op) {
    case '==':
    case '!=':
      return 1 + equality(first, second);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return 1 + comparedChars(first, second);
    case 'in':
      return 1 + second.elements * (1 + equality(first, loopVariable(second)));
    case '+': {
      const { elements, meanChars } = sumOf(operands);
      return 1 + elements + meanChars / CHARS_FOR_A_UNIT;
    }
    case 'call':
    case 'rcall':
      return 2 + (SCANS.has(node.args[0]) ? first.meanChars / CHARS_FOR_A_UNIT : 0);
    default:
      return 1;
  }
}

function equality(left: SizedValue, right: SizedValue): number {
  return Math.min(left.nodes, right.nodes) + comparedChars(left, right);
}

function comparedChars(left: SizedValue, right: SizedValue): number {
  return Math.min(left.meanChars, right.meanChars) / COMPARED_FOR_A_UNIT;
}
