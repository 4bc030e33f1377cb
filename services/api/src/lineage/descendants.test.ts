import { newBudget } from '@maestro/core';
import { expect, it } from 'vitest';
import { listDescendants } from './descendants.ts';
import type { ChildEdge, Member } from './family.ts';

/** Numbers that look random, and are the same every time. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

/** A family in memory: some of its members have two parents, some cannot be read. */
class Relatives {
  readonly members = new Map<string, Member>();
  readonly #edges = new Map<string, ChildEdge[]>();
  readonly #read = new Set<string>();
  reads = 0;

  add(id: string, parents: readonly Member[], readable = true): Member {
    const member = {
      schemaVersion: 1,
      foldVersion: 1,
      id,
      status: 'sleeping',
      goal: { recipe: 'wait@1', objective: id },
      budget: newBudget(0),
      lineage: {
        root: '0',
        depth: Math.max(-1, ...parents.map(({ lineage }) => lineage.depth)) + 1,
        parents: parents.map((parent) => ({ id: parent.id, kind: 'fork', sequence: 1 })),
      },
      createdAt: '2026-01-01T00:00:00Z',
      updatedAt: '2026-01-01T00:00:00Z',
    } as unknown as Member;
    for (const parent of parents) {
      const edges = this.#edges.get(parent.id) ?? [];
      const event = 2 + Math.floor(edges.length / 2);
      const index = edges.length % 2;
      const all = parents.map((one) => one.id);
      edges.push({ id, parent, parents: all, kind: 'fork', event, index, sequence: 1 });
      this.#edges.set(parent.id, edges);
    }
    if (readable) this.members.set(id, member);
    return member;
  }

  async find(ids: readonly string[]): Promise<(Member | undefined)[]> {
    for (const id of ids) {
      if (!this.#read.has(id)) this.reads++;
      this.#read.add(id);
    }
    return ids.map((id) => this.members.get(id));
  }

  async childrenOf(parents: readonly Member[]): Promise<ChildEdge[]> {
    const edges = parents.flatMap(({ id }) => this.#edges.get(id) ?? []);
    this.reads += edges.length;
    return edges;
  }

  /** As for the next request: nothing is remembered. */
  forget(): void {
    this.#read.clear();
    this.reads = 0;
  }
}

function familyFrom(seed: number): { readonly family: Relatives; readonly start: Member } {
  const below = numbersFrom(seed);
  const family = new Relatives();
  const start = family.add('0', []);
  const living = [start];
  const size = 1 + below(60);
  for (let id = 1; id <= size; id++) {
    // The lower the second number, the longer the lines.
    const pick = (): Member => living[below(below(living.length) + 1)] ?? start;
    const parents = below(6) === 0 ? [...new Set([pick(), pick()])] : [pick()];
    const readable = below(12) > 0;
    const member = family.add(String(id), parents, readable);
    if (readable) living.push(member);
  }
  return { family, start };
}

it('lists every member once, after all of its parents, generation by generation, in pages of any size', async () => {
  for (let seed = 1; seed <= 150; seed++) {
    const { family, start } = familyFrom(seed);
    const below = numbersFrom(seed + 1000);
    const whole = await listDescendants(
      family,
      start,
      { limit: 1000, generations: Infinity, at: undefined },
      { withStart: true },
    );
    const ids = whole.nodes.map(({ id }) => id);
    expect(whole.next).toBeUndefined();
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, parents } of whole.nodes) {
      // Of who cannot be read one parent is known.
      const places = parents.map((parent) => ids.indexOf(parent.id));
      expect(Math.max(-1, ...places)).toBeLessThan(ids.indexOf(id));
    }
    for (const id of family.members.keys()) expect(ids).toContain(id);

    const options = { withStart: below(2) === 0, readsPerPage: below(40) };
    const found: string[] = [];
    let at: readonly number[] | undefined;
    do {
      family.forget();
      const request = { limit: 1 + below(7), generations: Infinity, at };
      const page = await listDescendants(family, start, request, options);
      found.push(...page.nodes.map(({ id }) => id));
      at = page.next;
    } while (at);
    expect(found, `family ${seed}`).toEqual(options.withStart ? ids : ids.slice(1));
  }
});
