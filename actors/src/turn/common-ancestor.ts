import type { ContinuationState } from '@maestro/core';

/** A continuation as of one of its events. */
export interface PointInTree {
  readonly id: string;
  readonly sequence: number;
}

/** Continuations that are looked at in the search for an ancestor at most. */
const MAX_VISITS = 10_000;

/**
 * The nearest common ancestor of several continuations, each counting as its own ancestor: the deepest one that all descend
 * from, as of the earliest event that any of them left it at.
 *
 * @param read reads a continuation's lineage; undefined when there is none.
 * @returns undefined when they have no common ancestor.
 */
export async function commonAncestor(
  of: readonly ContinuationState[],
  read: (id: string) => Promise<Pick<ContinuationState, 'id' | 'lineage'> | undefined>,
): Promise<PointInTree | undefined> {
  const known = new Map<string, Pick<ContinuationState, 'id' | 'lineage'>>(
    of.map((state) => [state.id, state]),
  );
  const lines: Map<string, number>[] = [];
  for (const state of of) {
    const line = new Map<string, number>([[state.id, state.sequence]]);
    const open = [state.id];
    for (let id = open.shift(); id !== undefined; id = open.shift()) {
      if (!known.has(id)) {
        const found = known.size < MAX_VISITS ? await read(id) : undefined;
        if (!found) continue;
        known.set(id, found);
      }
      for (const edge of known.get(id)?.lineage.parents ?? []) {
        const before = line.get(edge.id);
        if (before === undefined) open.push(edge.id);
        line.set(edge.id, Math.min(before ?? edge.sequence, edge.sequence));
      }
    }
    lines.push(line);
  }
  const [first = new Map<string, number>(), ...others] = lines;
  const common = [...first.keys()]
    .filter((id) => known.has(id) && others.every((line) => line.has(id)))
    .sort((a, b) => depthOf(known, b) - depthOf(known, a) || (a < b ? -1 : 1));
  const [id] = common;
  if (id === undefined) return undefined;
  return { id, sequence: Math.min(...lines.map((line) => line.get(id) ?? Infinity)) };
}

function depthOf(
  known: ReadonlyMap<string, Pick<ContinuationState, 'lineage'>>,
  id: string,
): number {
  return known.get(id)?.lineage.depth ?? 0;
}
