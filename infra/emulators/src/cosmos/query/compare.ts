import { isObject, type Json } from '../json.ts';

/** Place of a value's type in the order of types: undefined, null, boolean, number, string, array, object. */
export function typeRank(value: Json | undefined): number {
  if (value === undefined) return 0;
  if (value === null) return 1;
  if (typeof value === 'boolean') return 2;
  if (typeof value === 'number') return 3;
  if (typeof value === 'string') return 4;
  return Array.isArray(value) ? 5 : 6;
}

/** Order of two values as ORDER BY sees it; values that have no order among each other are equal. */
export function compareValues(left: Json | undefined, right: Json | undefined): number {
  const ranks = typeRank(left) - typeRank(right);
  if (ranks !== 0) return ranks;
  if (typeof left === 'string' && typeof right === 'string') {
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  }
  if (typeof left === 'object' || typeof right === 'object') return 0;
  return Number(left) - Number(right);
}

/** Whether two values are the same JSON. */
export function equalValues(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    const others = right as readonly Json[];
    return (
      left.length === others.length &&
      (left as readonly Json[]).every((value, index) => equalValues(value, others[index]))
    );
  }
  if (!isObject(left) || !isObject(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && equalValues(left[name], right[name]))
  );
}
