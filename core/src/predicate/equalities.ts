import { conjunctsOf, pathOf, pathText, type Node } from './syntax.ts';

/** A condition of the form `path == "value"` that has to hold for a predicate to match. */
export interface Equality {
  /** As predicates write it: `item.attributes.species`, `item.attributes["odd key"]`. */
  readonly path: string;
  /** The names on the way from the item: `['attributes', 'species']`. */
  readonly steps: readonly string[];
  readonly value: string;
}

/** The conjuncts of a predicate that compare a path with a text literal, on either side. */
export function equalitiesOf(root: Node): readonly Equality[] {
  return conjunctsOf(root).flatMap((conjunct) => {
    if (conjunct.op !== '==') return [];
    const [left, right] = conjunct.args;
    return equality(left, right) ?? equality(right, left) ?? [];
  });
}

function equality(left: Node, right: Node): Equality | undefined {
  const steps = pathOf(left);
  if (!steps || right.op !== 'value' || typeof right.args !== 'string') return undefined;
  return { path: pathText(steps), steps, value: right.args };
}
