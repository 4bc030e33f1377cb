import type { Environment } from '@marcbachmann/cel-js';
import { ENVIRONMENTS } from './cel-environment.ts';
import type { PredicateKind } from './predicate-kind.ts';
import { conjunctsOf, type Node } from './syntax.ts';

/** The first conjunct that was not true: its place among the conjuncts, and its value or the error. */
export interface FailingConjunct {
  readonly index: number;
  readonly value?: unknown;
  readonly error?: unknown;
}

/** What stands before a predicate's text here: a macro, of a name that predicates may not call. */
const FAILING = 'firstFailing__(';

const EXPLAINERS: Readonly<Record<PredicateKind, Environment>> = {
  stream: explainerOf(ENVIRONMENTS.stream),
  sibling: explainerOf(ENVIRONMENTS.sibling),
};

/**
 * The first conjunct of a good predicate that is not true; null when all are.
 *
 * @param context the variables of the predicate.
 */
export function failingConjunct(
  kind: PredicateKind,
  text: string,
  context: { readonly item: object },
): FailingConjunct | null {
  // The line feed ends a comment at the end of the text.
  return EXPLAINERS[kind].evaluate(`${FAILING}${text}\n)`, context) as FailingConjunct | null;
}

interface Running {
  run(node: Node, context: unknown): unknown;
}

/** The environment with a macro that evaluates the conjuncts of its argument until one is not true. */
function explainerOf(environment: Environment): Environment {
  return environment.clone().registerFunction(
    `${FAILING}ast): dyn`,
    ({ args: [node] }: { args: readonly [Node] }) => ({
      async: false,
      typeCheck: (
        checker: { check(node: Node, context: unknown): unknown },
        _: unknown,
        context: unknown,
      ) => checker.check(node, context),
      evaluate: (evaluator: Running, _: unknown, context: unknown) =>
        firstFailing(evaluator, node, context),
    }),
    { async: false },
  );
}

function firstFailing(evaluator: Running, node: Node, context: unknown): FailingConjunct | null {
  for (const [index, conjunct] of conjunctsOf(node).entries()) {
    try {
      const value = evaluator.run(conjunct, context);
      if (value !== true) return { index, value };
    } catch (error) {
      return { index, error };
    }
  }
  return null;
}
