import { Environment } from '@marcbachmann/cel-js';
import { ITEM_VIEWS } from './prepared-item.ts';
import { ITEM_FIELDS, type PredicateKind } from './predicate-kind.ts';

/** A parsed predicate: evaluates with the view of an item. */
export type Program = ReturnType<Environment['parse']>;

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

/** What predicates of each kind may name. */
export const ENVIRONMENTS: Readonly<Record<PredicateKind, Environment>> = {
  stream: environmentOf('stream'),
  sibling: environmentOf('sibling'),
};

/** Whether `timestamp(text)` or `duration(text)` gives one. */
export function isReadable(name: 'timestamp' | 'duration', text: string): boolean {
  try {
    ENVIRONMENTS.stream.evaluate(`${name}(${JSON.stringify(text)})`);
    return true;
  } catch {
    return false;
  }
}

function environmentOf(kind: PredicateKind): Environment {
  const type = kind === 'stream' ? 'StreamItem' : 'SiblingItem';
  const environment = new Environment({ limits: { maxDepth: 64 } })
    .registerType(type, { ctor: ITEM_VIEWS[kind], fields: { ...ITEM_FIELDS[kind] } })
    .registerVariable('item', type);
  // Numbers in JSON are doubles, and people write 1 rather than 1.0 beside them.
  for (const [op, compute] of Object.entries(ARITHMETIC)) {
    environment
      .registerOperator(`double ${op} int: double`, (a: number, b: bigint) => compute(a, Number(b)))
      .registerOperator(`int ${op} double: double`, (a: bigint, b: number) =>
        compute(Number(a), b),
      );
  }
  return environment
    .registerOperator('double % double', (a: number, b: number) => a % b)
    .registerOperator('int == double', (a: bigint, b: number) => Number(a) === b);
}
