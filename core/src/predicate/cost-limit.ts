import { ASSUMED_SHAPE, estimateCost } from './predicate-cost.ts';
import { predicateError } from './predicate-error.ts';
import type { PredicateKind } from './predicate-kind.ts';
import { isLoop, offsetOf, type Node } from './syntax.ts';
import type { SizedValue } from './sized-value.ts';

/** The most that a predicate may cost on an item of the assumed shape. One unit is at most about 50 ns. */
export const MAX_PREDICATE_COST = 300_000;

/** The longest text that may be looked for in a text of any length. */
const MAX_NEEDLE_CHARS = 200;

/** In a text that is no longer than this, anything may be looked for: a title is one. */
const MAX_SHORT_CHARS = 1000;

/** How many times the characters of the whole item a text may have that is put together by `+`. */
const MAX_GROWTH = 16;

/** What a good predicate costs. */
export interface PredicateCost {
  /** Units on an item of the assumed shape. */
  readonly units: number;
  /** Whether it has a loop, so that its cost depends on what the item holds. */
  readonly loops: boolean;
}

/**
 * Checks that a predicate of good types cannot take too long.
 *
 * @throws MaestroError `predicate.too_costly`, pointing at the part that most of the cost goes to.
 */
export function checkCost(kind: PredicateKind, root: Node): PredicateCost {
  let loops = false;
  const { units, costliest } = estimateCost(kind, root, ASSUMED_SHAPE, (node, operands, value) => {
    loops ||= isLoop(node);
    checkNode(node, operands, value);
  });
  if (units > MAX_PREDICATE_COST) {
    const problem = `its cost is ${Math.ceil(units)}; ${MAX_PREDICATE_COST} is allowed. Most of it is here`;
    throw tooCostly(costliest, problem);
  }
  return { units, loops };
}

function checkNode(node: Node, operands: readonly SizedValue[], value: SizedValue): void {
  if (value.maxChars > MAX_GROWTH * ASSUMED_SHAPE.chars) {
    throw tooCostly(node, 'it puts together too long a text');
  }
  if (node.op !== 'rcall' || (node.args[0] !== 'contains' && node.args[0] !== 'indexOf')) return;
  const [hay, needle] = operands;
  if (!hay || !needle || hay.maxChars <= MAX_SHORT_CHARS) return;
  if (needle.maxChars <= MAX_NEEDLE_CHARS) return;
  // The engine's search takes the product of both lengths at worst: 0.3 s for texts as long as an item may have.
  const problem = `what ${node.args[0]} looks for in a long text must be a literal of at most ${MAX_NEEDLE_CHARS} characters`;
  throw tooCostly(node, problem);
}

function tooCostly(node: Node, problem: string): Error {
  return predicateError('predicate.too_costly', node.input, offsetOf(node), problem);
}
