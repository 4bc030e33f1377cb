import { invalidCursor } from './cursor.ts';
import type { ChildEdge, Family, Member } from './family.ts';
import { childNode } from './lineage-node.ts';
import type { ListPage, ListRequest } from './list-page.ts';

/** The other children of a continuation's parents, in the order of the parents and of what made them. */
export async function listSiblings(
  family: Family,
  of: Member,
  { limit, at = [] }: ListRequest,
): Promise<ListPage> {
  if (at.length !== 0 && at.length !== 3) throw invalidCursor();
  const parents = await family.find(of.lineage.parents.map(({ id }) => id));
  const places = new Map<string, { readonly edge: ChildEdge; readonly place: readonly number[] }>();
  for (const [position, parent] of parents.entries()) {
    if (!parent) continue;
    for (const edge of await family.childrenOf([parent])) {
      if (edge.id === of.id || places.has(edge.id)) continue;
      places.set(edge.id, { edge, place: [position, edge.event, edge.index] });
    }
  }
  const rest = [...places.values()].filter(({ place }) => isAfter(place, at));
  const page = rest.slice(0, limit);
  const members = await family.find(page.map(({ edge }) => edge.id));
  return {
    nodes: page.map(({ edge }, index) => childNode(edge, members[index])),
    next: rest.length > limit ? page.at(-1)?.place : undefined,
  };
}

/** Whether a place comes after another one, number by number; everything comes after none. */
function isAfter(place: readonly number[], other: readonly number[]): boolean {
  for (const [index, number] of place.entries()) {
    const against = other[index] ?? -1;
    if (number !== against) return number > against;
  }
  return false;
}
