import type { LineageNode } from '@maestro/client/protocol';
import { invalidCursor } from './cursor.ts';
import type { ChildEdge, Family, Member } from './family.ts';
import { childNode, nodeOf } from './lineage-node.ts';
import type { ListPage, ListRequest } from './list-page.ts';

const READS_PER_PAGE = 5_000;
/** Parents, or children, that are read together: few for a small page, and never more than memory can hold. */
const TOGETHER = { least: 64, most: 256 } as const;
/** The deepest that a tenant may let its trees grow. */
const MAX_GENERATIONS = 1000;
/** Comes after every event and every child. */
const END = Number.MAX_SAFE_INTEGER;

/**
 * The way down to a node: for each generation the event that made the child, and which of the event's children it is. It
 * stays the same whatever the tree grows, so a list that goes on after a path neither repeats nor misses anything that was
 * there when it began.
 */
type Path = readonly number[];

/** A node of the walk. */
interface Placed {
  readonly path: Path;
  readonly member: Member | undefined;
  readonly node: LineageNode;
}

/** What the walk needs of a family. */
type Relatives = Pick<Family, 'find' | 'childrenOf' | 'reads'>;

/** A part of a generation; everything up to a path has been looked at. */
interface Batch {
  readonly placed: readonly Placed[];
  readonly through: Path;
}

/**
 * Walks down from a continuation, generation by generation. One with several parents is met once: below the one of them
 * that is furthest from the start, so after all of them.
 */
class Descent {
  readonly #family: Relatives;
  readonly #start: Member;
  readonly #together: number;
  /** Generations that were walked from their beginning to their end. */
  readonly #complete = new Map<number, readonly Placed[]>();
  readonly #distances = new Map<string, number | undefined>();

  constructor(family: Relatives, start: Member, limit: number) {
    this.#family = family;
    this.#start = start;
    this.#together = Math.min(Math.max(TOGETHER.least, limit + 1), TOGETHER.most);
    this.#distances.set(start.id, 0);
  }

  /** One generation in order, from a path on, or from its beginning. */
  async *generation(number: number, from: Path = []): AsyncGenerator<Batch, void> {
    if (number === 0) {
      yield {
        placed: [{ path: [], member: this.#start, node: nodeOf(this.#start) }],
        through: [],
      };
      return;
    }
    const complete = from.length === 0 ? this.#complete.get(number) : undefined;
    if (complete) {
      yield { placed: complete, through: Array.from({ length: 2 * number }, () => END) };
      return;
    }
    const all: Placed[] = [];
    for await (const parents of this.generation(number - 1, from.slice(0, -2))) {
      for (const some of partsOf(parents.placed, this.#together)) {
        const below = await this.#edgesBelow(some, from);
        for (const edges of partsOf(below, this.#together)) {
          const placed = await this.#place(edges);
          all.push(...placed);
          yield { placed, through: edges.at(-1)?.path ?? [] };
        }
        yield { placed: [], through: [...(some.at(-1)?.path ?? []), END, END] };
      }
      yield { placed: [], through: [...parents.through, END, END] };
    }
    if (from.length === 0) this.#complete.set(number, all);
  }

  async #edgesBelow(
    parents: readonly Placed[],
    from: Path,
  ): Promise<{ readonly edge: ChildEdge; readonly path: Path }[]> {
    const paths = new Map(parents.map(({ node, path }) => [node.id, path]));
    const members = parents.flatMap(({ member }) => (member ? [member] : []));
    const edges = await this.#family.childrenOf(members);
    return edges
      .map((edge) => ({
        edge,
        path: [...(paths.get(edge.parent.id) ?? []), edge.event, edge.index],
      }))
      .filter(({ path }) => compare(path, from) >= 0);
  }

  async #place(
    edges: readonly { readonly edge: ChildEdge; readonly path: Path }[],
  ): Promise<Placed[]> {
    const members = await this.#family.find(edges.map(({ edge }) => edge.id));
    const placed: Placed[] = [];
    for (const [index, { edge, path }] of edges.entries()) {
      const member = members[index];
      const parents = member?.lineage.parents.map(({ id }) => id) ?? edge.parents;
      if ((await this.#parentInWalk(parents)) !== edge.parent.id) continue;
      placed.push({ path, member, node: childNode(edge, member) });
    }
    return placed;
  }

  /** Below which of its parents a continuation is met. */
  async #parentInWalk(parents: readonly string[]): Promise<string | undefined> {
    return parents.length <= 1 ? parents[0] : (await this.#furthest(parents))?.id;
  }

  /** The one that is furthest from the start, of those that come from it. */
  async #furthest(
    ids: readonly string[],
  ): Promise<{ readonly id: string; readonly distance: number } | undefined> {
    await this.#family.find(ids);
    let best: { readonly id: string; readonly distance: number } | undefined;
    for (const id of ids) {
      const distance = await this.#distanceOf(id);
      if (distance !== undefined && distance > (best?.distance ?? -1)) best = { id, distance };
    }
    return best;
  }

  /** The longest way from the start; undefined when it does not come from there. */
  async #distanceOf(id: string): Promise<number | undefined> {
    if (this.#distances.has(id)) return this.#distances.get(id);
    const [member] = await this.#family.find([id]);
    const { depth } = this.#start.lineage;
    const above =
      member && member.lineage.depth > depth
        ? await this.#furthest(member.lineage.parents.map((parent) => parent.id))
        : undefined;
    const distance = above && above.distance + 1;
    this.#distances.set(id, distance);
    return distance;
  }
}

/**
 * Everybody who comes from a continuation, generation by generation.
 *
 * @param options.withStart whether it is the first of the list itself.
 * @param options.readsPerPage rows after which a page ends where it is: generations without children can be long.
 */
export async function listDescendants(
  family: Relatives,
  start: Member,
  { limit, generations, at }: ListRequest,
  {
    withStart,
    readsPerPage = READS_PER_PAGE,
  }: { readonly withStart: boolean; readonly readsPerPage?: number },
): Promise<ListPage> {
  if (at && (at.length % 2 === 0 || at.length > 2 * MAX_GENERATIONS + 1)) throw invalidCursor();
  const descent = new Descent(family, start, limit);
  // A cursor says whether its generation has had anybody, and behind which path it goes on.
  let any = at?.[0] ?? 0;
  let behind: Path | undefined = at?.slice(1);
  const nodes: LineageNode[] = [];
  let last: Path = [];
  let number = behind ? behind.length / 2 : withStart ? 0 : 1;
  for (; number <= generations; number++) {
    for await (const { placed, through } of descent.generation(number, behind)) {
      for (const { path, node } of placed) {
        if (behind && compare(path, behind) === 0) continue;
        if (nodes.length === limit) return { nodes, next: [1, ...last] };
        nodes.push(node);
        last = path;
        any = 1;
      }
      const further = behind === undefined || compare(through, behind) > 0;
      if (further && family.reads > readsPerPage) return { nodes, next: [any, ...through] };
    }
    if (any === 0) break;
    any = 0;
    behind = undefined;
  }
  return { nodes, next: undefined };
}

/** Number by number; a path that ends early is equal to all that go on from it. */
function compare(a: Path, b: Path): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function* partsOf<T>(items: readonly T[], size: number): Generator<readonly T[], void> {
  for (let from = 0; from < items.length; from += size) {
    yield items.slice(from, from + size);
  }
}
