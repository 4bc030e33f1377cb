import type { Json } from '../json.ts';
import type { Expression, Parameters } from './syntax.ts';

function constantOf(expression: Expression, parameters: Parameters): Json | undefined {
  if (expression.kind === 'constant') return expression.value;
  return expression.kind === 'parameter' ? parameters.get(expression.name) : undefined;
}

function isId(expression: Expression | undefined): boolean {
  return (
    expression?.kind === 'path' && expression.steps.length === 1 && expression.steps[0] === 'id'
  );
}

function strings(values: readonly (Json | undefined)[]): readonly string[] | undefined {
  if (values.includes(undefined)) return undefined;
  return values.filter((value) => typeof value === 'string');
}

/**
 * The only ids that can pass a filter, so that these items alone need to be looked at; undefined when the filter does not
 * say. Stands for the service's index.
 */
export function idsOf(
  filter: Expression | undefined,
  parameters: Parameters,
): readonly string[] | undefined {
  switch (filter?.kind) {
    case 'and':
      return idsOf(filter.left, parameters) ?? idsOf(filter.right, parameters);
    case 'comparison': {
      const { sign, left, right } = filter;
      if (sign !== '=' || isId(left) === isId(right)) return undefined;
      return strings([constantOf(isId(left) ? right : left, parameters)]);
    }
    case 'in':
      if (!isId(filter.value)) return undefined;
      return strings(filter.among.map((one) => constantOf(one, parameters)));
    case 'call': {
      const [list, value, partly] = filter.args;
      if (filter.name !== 'ARRAY_CONTAINS' || partly || !list || !isId(value)) return undefined;
      const ids = constantOf(list, parameters);
      return Array.isArray(ids) ? strings(ids) : undefined;
    }
    default:
      return undefined;
  }
}
