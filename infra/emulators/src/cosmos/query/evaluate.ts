import { badRequest, notSupported } from '../cosmos-error.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { compareValues, equalValues, typeRank } from './compare.ts';
import type { Comparison, Expression, FunctionName, Parameters } from './syntax.ts';

/** What an expression is worth: undefined where the item has no such property. */
export type Value = Json | undefined;

/** The value of an expression for one item. */
export function evaluate(expression: Expression, item: JsonObject, parameters: Parameters): Value {
  const valueOf = (inner: Expression): Value => evaluate(inner, item, parameters);
  switch (expression.kind) {
    case 'constant':
      return expression.value;
    case 'parameter': {
      const value = parameters.get(expression.name);
      if (value === undefined) throw badRequest(`The parameter ${expression.name} has no value`);
      return value;
    }
    case 'path':
      return follow(item, expression.steps);
    case 'comparison':
      return compared(expression.sign, valueOf(expression.left), valueOf(expression.right));
    case 'and': {
      const left = valueOf(expression.left);
      if (left === false) return false;
      const right = valueOf(expression.right);
      if (right === false) return false;
      return left === true && right === true ? true : undefined;
    }
    case 'or': {
      const left = valueOf(expression.left);
      if (left === true) return true;
      const right = valueOf(expression.right);
      if (right === true) return true;
      return left === false && right === false ? false : undefined;
    }
    case 'not': {
      const value = valueOf(expression.of);
      return typeof value === 'boolean' ? !value : undefined;
    }
    case 'in': {
      const value = valueOf(expression.value);
      if (value === undefined) return undefined;
      return expression.among.some((one) => equalValues(value, valueOf(one)));
    }
    case 'call':
      return called(expression.name, expression.args.map(valueOf));
    case 'array':
      return expression.items.map(valueOf).filter((value) => value !== undefined);
    case 'object': {
      const fields = expression.fields.map(({ name, value }) => [name, valueOf(value)] as const);
      return definedFields(fields);
    }
    case 'count':
      throw notSupported('An aggregate at this place');
  }
}

/** An object of the fields that have a value. */
export function definedFields(fields: readonly (readonly [string, Value])[]): JsonObject {
  const result: Record<string, Json> = {};
  for (const [name, value] of fields) if (value !== undefined) result[name] = value;
  return result;
}

function follow(item: JsonObject, steps: readonly (string | number)[]): Value {
  let value: Value = item;
  for (const step of steps) {
    if (Array.isArray(value)) value = typeof step === 'number' ? (value[step] as Value) : undefined;
    else value = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return value;
}

/** Values of different types, and objects with `<` and the like, compare to undefined. */
function compared(sign: Comparison, left: Value, right: Value): Value {
  if (left === undefined || right === undefined || typeRank(left) !== typeRank(right)) {
    return undefined;
  }
  if (sign === '=') return equalValues(left, right);
  if (sign === '!=') return !equalValues(left, right);
  if (typeof left === 'object' && left !== null) return undefined;
  const order = compareValues(left, right);
  if (sign === '<') return order < 0;
  if (sign === '<=') return order <= 0;
  return sign === '>' ? order > 0 : order >= 0;
}

function containsPart(whole: Json, part: Json): boolean {
  if (!isObject(whole) || !isObject(part)) return equalValues(whole, part);
  return Object.entries(part).every(([name, value]) => equalValues(whole[name], value));
}

function called(name: FunctionName, args: readonly Value[]): Value {
  const [first, second, third] = args;
  switch (name) {
    case 'IS_DEFINED':
      return first !== undefined;
    case 'STARTSWITH': {
      if (typeof first !== 'string' || typeof second !== 'string') return undefined;
      return third === true
        ? first.toLowerCase().startsWith(second.toLowerCase())
        : first.startsWith(second);
    }
    case 'ARRAY_CONTAINS': {
      if (!Array.isArray(first) || second === undefined) return undefined;
      const matches = third === true ? containsPart : equalValues;
      return (first as readonly Json[]).some((one) => matches(one, second));
    }
  }
}
