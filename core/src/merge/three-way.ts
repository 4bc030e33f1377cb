import { z } from 'zod';
import { canonicalJson } from '../canonical/canonical-json.ts';
import type { JsonValue } from '../canonical/json-value.ts';
import { jsonPointer } from './json-pointer.ts';
import type { MergeFunction } from './merge-function.ts';
import type { MergeConflict } from './merge-models.ts';

/** A parent's version of a value; undefined where it has none. */
interface Version {
  readonly parent: string;
  readonly value: JsonValue | undefined;
}

type Members = Readonly<Record<string, JsonValue>>;

/**
 * Merges the recipes' states of the parents against that of their common ancestor, member by member. What only one has
 * changed, or all who changed it in the same way, is taken; lists that were only added to get all additions. Otherwise it is
 * a conflict: the first parent that changed it wins, and the conflict is recorded.
 */
export const threeWay: MergeFunction = {
  name: 'three-way',
  description: "The parents' states merged against that of their common ancestor",
  parameters: z.strictObject({}),
  usesAncestor: true,
  merge: (inputs, { ancestor }) => {
    const conflicts: MergeConflict[] = [];
    const versions = inputs.map(({ parent, state }) => ({ parent, value: state }));
    const value = mergeValue(ancestor, versions, [], conflicts);
    return { value: value ?? null, conflicts };
  },
};

function mergeValue(
  base: JsonValue | undefined,
  versions: readonly Version[],
  path: readonly string[],
  conflicts: MergeConflict[],
): JsonValue | undefined {
  const changed = versions.filter(({ value }) => !same(value, base));
  const [first] = changed;
  if (!first) return base;
  if (changed.every(({ value }) => same(value, first.value))) return first.value;
  if (changed.every(({ value }) => isMembers(value)) && (base === undefined || isMembers(base))) {
    return mergeMembers(base, changed, path, conflicts);
  }
  const added = additions(base, changed);
  if (added) return added;
  conflicts.push({
    at: jsonPointer(path),
    ...(base === undefined ? {} : { base }),
    values: changed.map(({ parent, value }) => ({
      parent,
      ...(value === undefined ? {} : { value }),
    })),
    taken: first.parent,
  });
  return first.value;
}

function mergeMembers(
  base: Members | undefined,
  versions: readonly Version[],
  path: readonly string[],
  conflicts: MergeConflict[],
): JsonValue {
  const all = [base, ...versions.map(({ value }) => value)] as readonly (Members | undefined)[];
  const names = new Set(all.flatMap((members) => Object.keys(members ?? {})));
  const merged = [...names].flatMap((name): [string, JsonValue][] => {
    const value = mergeValue(
      memberOf(base, name),
      versions.map((version) => ({
        parent: version.parent,
        value: memberOf(version.value as Members, name),
      })),
      [...path, name],
      conflicts,
    );
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(merged);
}

/** Everything that was added to a list, parent by parent; undefined when somebody did anything else to it. */
function additions(
  base: JsonValue | undefined,
  versions: readonly Version[],
): JsonValue | undefined {
  const before = base === undefined ? [] : base;
  if (!Array.isArray(before)) return undefined;
  const added: JsonValue[] = [];
  for (const { value } of versions) {
    if (!Array.isArray(value) || !same(value.slice(0, before.length), before)) return undefined;
    added.push(...value.slice(before.length));
  }
  return [...before, ...added];
}

function isMembers(value: JsonValue | undefined): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function memberOf(members: Members | undefined, name: string): JsonValue | undefined {
  return members && Object.hasOwn(members, name) ? members[name] : undefined;
}

function same(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalJson(a) === canonicalJson(b);
}
