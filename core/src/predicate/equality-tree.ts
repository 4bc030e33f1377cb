import type { Equality } from './equalities.ts';

interface TreeNode<Entry> {
  /** What is below, by the next step of a path. */
  readonly below: Map<string, TreeNode<Entry>>;
  /** Entries by the text that the path up to here has to lead to. */
  readonly byText: Map<string, Set<Entry>>;
}

/**
 * Entries filed under equalities, as a tree of the steps of their paths. A look-up walks item and tree together, so that it
 * costs as little as the smaller of the two, however many paths and texts there are.
 */
export class EqualityTree<Entry> {
  readonly #root: TreeNode<Entry> = newNode();

  /** How many entries are filed under an equality, and how many texts its path has. */
  sizes({ steps, value }: Equality): { readonly entries: number; readonly texts: number } {
    const node = this.#nodesTo(steps)?.at(-1);
    return { entries: node?.byText.get(value)?.size ?? 0, texts: node?.byText.size ?? 0 };
  }

  /** Files an entry. Idempotent. */
  add({ steps, value }: Equality, entry: Entry): void {
    let node = this.#root;
    for (const step of steps) {
      const next: TreeNode<Entry> = node.below.get(step) ?? newNode();
      node.below.set(step, next);
      node = next;
    }
    const entries = node.byText.get(value) ?? new Set();
    node.byText.set(value, entries.add(entry));
  }

  /** Takes an entry out again, and the branches that only it had. Idempotent. */
  remove({ steps, value }: Equality, entry: Entry): void {
    const nodes = this.#nodesTo(steps);
    const entries = nodes?.at(-1)?.byText.get(value);
    if (!nodes || !entries?.delete(entry) || entries.size > 0) return;
    nodes.at(-1)?.byText.delete(value);
    for (let index = steps.length; index > 0; index--) {
      const node = nodes[index];
      if (!node || node.byText.size > 0 || node.below.size > 0) return;
      nodes[index - 1]?.below.delete(steps[index - 1] ?? '');
    }
  }

  /** Tells of every entry whose equality an item meets. */
  forEachMet(item: object, tell: (entry: Entry) => void): void {
    walk(this.#root, item, tell);
  }

  /** The root and the nodes of the steps; undefined when the tree has no such path. */
  #nodesTo(steps: readonly string[]): readonly TreeNode<Entry>[] | undefined {
    const nodes = [this.#root];
    for (const step of steps) {
      const next = nodes.at(-1)?.below.get(step);
      if (!next) return undefined;
      nodes.push(next);
    }
    return nodes;
  }
}

function newNode<Entry>(): TreeNode<Entry> {
  return { below: new Map(), byText: new Map() };
}

function walk<Entry>(node: TreeNode<Entry>, value: unknown, tell: (entry: Entry) => void): void {
  if (typeof value === 'string') {
    for (const entry of node.byText.get(value) ?? []) tell(entry);
    return;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  if (node.below.size === 0) return;
  const members = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(members);
  if (keys.length < node.below.size) {
    for (const key of keys) {
      const next = node.below.get(key);
      if (next) walk(next, members[key], tell);
    }
    return;
  }
  for (const [key, next] of node.below) {
    if (Object.hasOwn(members, key)) walk(next, members[key], tell);
  }
}
