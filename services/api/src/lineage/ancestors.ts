import { invalidCursor } from './cursor.ts';
import type { Family, Member } from './family.ts';
import { nodeOf, unreadNode } from './lineage-node.ts';
import type { ListPage, ListRequest } from './list-page.ts';

/** One that somebody comes from. */
interface Ancestor {
  readonly id: string;
  /** Undefined when it cannot be read; it is not followed then. */
  readonly member: Member | undefined;
  readonly depth: number;
}

/** Everybody a continuation comes from, by id; it is not among them. */
async function ancestorsOf(
  family: Family,
  of: Member,
  generations = Infinity,
): Promise<ReadonlyMap<string, Ancestor>> {
  const found = new Map<string, Ancestor>();
  let open = [of];
  for (let generation = 1; generation <= generations && open.length > 0; generation++) {
    const depths = new Map<string, number>();
    for (const { lineage } of open) {
      for (const { id } of lineage.parents) {
        if (!found.has(id)) depths.set(id, Math.max(0, lineage.depth - 1));
      }
    }
    const ids = [...depths.keys()];
    const members = await family.find(ids);
    for (const [index, id] of ids.entries()) {
      const member = members[index];
      found.set(id, { id, member, depth: member?.lineage.depth ?? depths.get(id) ?? 0 });
    }
    open = members.filter((member) => member !== undefined);
  }
  return found;
}

/** The ancestors of a continuation from the root down. They never change, so a cursor counts those that were listed. */
export async function listAncestors(
  family: Family,
  of: Member,
  { limit, generations, at = [0] }: ListRequest,
): Promise<ListPage> {
  const [from = 0] = at;
  if (at.length !== 1) throw invalidCursor();
  const all = [...(await ancestorsOf(family, of, generations)).values()].sort(
    (a, b) => a.depth - b.depth || (a.id < b.id ? -1 : 1),
  );
  const nodes = all
    .slice(from, from + limit)
    .map(({ id, member, depth }) =>
      member ? nodeOf(member) : unreadNode(id, { parents: [], depth }),
    );
  return { nodes, next: from + limit < all.length ? [from + limit] : undefined };
}

/** The deepest continuation that two come from, each counting as its own ancestor; of several the one with the smallest id. */
export async function commonAncestor(
  family: Family,
  one: Member,
  other: Member,
): Promise<Member | undefined> {
  const [ofOne, ofOther] = await Promise.all([
    ancestorsOf(family, one),
    ancestorsOf(family, other),
  ]);
  const common = [one, ...membersOf(ofOne)].filter(({ id }) => id === other.id || ofOther.has(id));
  return common.sort((a, b) => b.lineage.depth - a.lineage.depth || (a.id < b.id ? -1 : 1))[0];
}

function membersOf(ancestors: ReadonlyMap<string, Ancestor>): Member[] {
  return [...ancestors.values()].flatMap(({ member }) => (member ? [member] : []));
}
