import { type LineagePage, type LineageNode, type Relation } from '@maestro/client/protocol';
import { headKey, MaestroError } from '@maestro/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApi, type ApiHarness } from './testing/api-harness.ts';
import { clan, fork, page } from './testing/clan.ts';
import { writeFamily } from './testing/family-tree.ts';

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

const RELATIONS = ['ancestors', 'descendants', 'siblings', 'tree'] as const;

async function list(id: string, relation: Relation, query = ''): Promise<LineageNode[]> {
  const { nodes, next } = await page(api, id, `relation=${relation}&limit=1000${query}`);
  expect(next).toBeNull();
  return nodes;
}

async function ids(id: string, relation: Relation, query = ''): Promise<string[]> {
  return (await list(id, relation, query)).map((node) => node.id);
}

/** A list in pages. */
async function inPages(id: string, relation: Relation, limit: number): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const more: string = cursor === null ? '' : `&cursor=${cursor}`;
    const { nodes, next } = await page(api, id, `relation=${relation}&limit=${limit}${more}`);
    expect(nodes.length).toBeLessThanOrEqual(limit);
    found.push(...nodes.map((node) => node.id));
    cursor = next;
  } while (cursor !== null);
  return found;
}

describe('a family', () => {
  it('is shown with what each is about and has spent', async () => {
    const root = await api.start('wait@1');
    const [child = ''] = await fork(api, root, 1, 0.01);
    expect(await list(root, 'tree')).toEqual([
      {
        id: root,
        status: 'sleeping',
        recipe: 'wait@1',
        objective: 'try it',
        parents: [],
        depth: 0,
        children: 1,
        spentUsd: 0,
        capUsd: 5,
        grantedUsd: 0.01,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      },
      expect.objectContaining({
        id: child,
        objective: '0',
        parents: [{ id: root, kind: 'fork', sequence: 4 }],
        depth: 1,
        children: 0,
        capUsd: 0.01,
      }),
    ]);
  });

  it('goes down generation by generation, and one with several parents comes once, after them all', async () => {
    const { root, a, b, a1, a2, b1, merged, last } = await clan(api);
    const below = [a, b, a1, a2, b1, merged, last];
    expect(await ids(root, 'descendants')).toEqual(below);
    expect(await ids(last, 'tree')).toEqual([root, ...below]);
    expect(await ids(a, 'descendants')).toEqual([a1, a2, merged, last]);
    expect(await ids(b, 'descendants')).toEqual([b1, merged, last]);
    expect(await ids(last, 'descendants')).toEqual([]);
    expect((await list(root, 'tree')).find(({ id }) => id === merged)?.parents).toMatchObject([
      { id: a, kind: 'merge' },
      { id: b1, kind: 'merge' },
    ]);
  });

  it('goes down no further than asked', async () => {
    const { root, a, b, a1, a2, b1 } = await clan(api);
    expect(await ids(root, 'descendants', '&depth=1')).toEqual([a, b]);
    expect(await ids(a1, 'tree', '&depth=2')).toEqual([root, a, b, a1, a2, b1]);
  });

  it('goes up, and is told from the root down', async () => {
    const { root, a, b, a2, b1, merged, last } = await clan(api);
    const both = a < b ? [a, b] : [b, a];
    expect(await ids(last, 'ancestors')).toEqual([root, ...both, b1, merged]);
    expect(await ids(last, 'ancestors', '&depth=1')).toEqual([merged]);
    expect(await ids(a2, 'ancestors')).toEqual([root, a]);
    expect(await ids(root, 'ancestors')).toEqual([]);
  });

  it('goes sideways', async () => {
    const { root, a, b, a1, a2, b1, merged } = await clan(api);
    expect(await ids(a, 'siblings')).toEqual([b]);
    expect(await ids(a1, 'siblings')).toEqual([a2, merged]);
    expect(await ids(merged, 'siblings')).toEqual([a1, a2]);
    expect(await ids(b1, 'siblings')).toEqual([]);
    expect(await ids(root, 'siblings')).toEqual([]);
  });

  it('is the same in pages of any size', async () => {
    const { root, a1, last } = await clan(api);
    const siblingsOf = (await fork(api, a1, 5))[1] ?? '';
    for (const [id, relation] of [
      [root, 'tree'],
      [root, 'descendants'],
      [last, 'ancestors'],
      [siblingsOf, 'siblings'],
      [a1, 'tree'],
    ] as const) {
      const whole = await ids(id, relation);
      expect(whole.length).toBeGreaterThan(3);
      for (const limit of [1, 2, 3, 5, whole.length]) {
        expect(await inPages(id, relation, limit)).toEqual(whole);
      }
    }
  });

  it('is the same where the store reads many rows at once', async () => {
    const { root, last } = await clan(api);
    const { rows, store } = api.runtime;
    let together = 0;
    const other = await startApi({
      store,
      readRows: (keys) => {
        together += keys.length;
        return rows.readMany('', keys);
      },
    });
    for (const [id, relation] of [
      [root, 'tree'],
      [last, 'ancestors'],
    ] as const) {
      const { json } = await other.call('GET', `/continuations/${id}/lineage?relation=${relation}`);
      expect((json as LineagePage).nodes).toEqual(await list(id, relation));
    }
    expect(together).toBeGreaterThan(10);
    await other.close();
  });

  it('that grows between two pages is neither repeated nor missed', async () => {
    const { root, a, b } = await clan(api);
    const before = await ids(root, 'descendants');
    const first = await page(api, root, 'relation=descendants&limit=3');
    const [early = ''] = await fork(api, a);
    const [late = ''] = await fork(api, b);
    const rest = await page(api, root, `relation=descendants&limit=100&cursor=${first.next}`);
    const found = [...first.nodes, ...rest.nodes].map(({ id }) => id);
    expect(new Set(found).size).toBe(found.length);
    expect(found.filter((id) => id !== early && id !== late)).toEqual(before);
  });

  it('wakes nobody', async () => {
    const { root, last } = await clan(api);
    const other = await startApi({
      store: api.runtime.store,
      continuations: { send: () => Promise.reject(new MaestroError('internal.error', 'woken')) },
    });
    for (const relation of RELATIONS) {
      const answer = await other.call('GET', `/continuations/${last}/lineage?relation=${relation}`);
      expect(answer.httpStatus).toBe(200);
    }
    const path = `/continuations/${last}/common-ancestor?with=${root}`;
    expect((await other.call('GET', path)).httpStatus).toBe(200);
    await other.close();
  });

  it('of thousands comes in pages that read no more than a few rows for each', async () => {
    const root = await api.start('wait@1');
    await fork(api, root);
    const generations = writeFamily(api, root, [10, 10, 50]);
    let reads = 0;
    const read = api.runtime.rows.read.bind(api.runtime.rows);
    api.runtime.rows.read = async (partition, key) => {
      reads++;
      return read(partition, key);
    };
    const found: string[] = [];
    let short = 0;
    let cursor: string | null = null;
    do {
      reads = 0;
      const more: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { nodes, next } = await page(api, root, `relation=tree&limit=1000${more}`);
      found.push(...nodes.map(({ id }) => id));
      expect(reads).toBeLessThan(5_300);
      if (nodes.length < 1000 && next !== null) short++;
      cursor = next;
    } while (cursor !== null);
    expect(found).toEqual(generations.flat());
    // To see that there is no further generation takes more reads than one page may have.
    expect(short).toBeGreaterThan(0);
  });
});

describe('one that cannot be read', () => {
  it('because it has not begun is shown as far as its parent knows it', async () => {
    const root = await api.start('wait@1');
    const { rows } = api.runtime;
    rows.fault = ([first]) => (first?.key.includes(root) ? undefined : 'refuse');
    const [child = ''] = await fork(api, root);
    const unread = {
      id: child,
      status: null,
      recipe: null,
      objective: null,
      parents: [{ id: root, kind: 'fork', sequence: 4 }],
      depth: 1,
      children: 0,
      spentUsd: null,
      capUsd: null,
      grantedUsd: null,
      createdAt: null,
      updatedAt: null,
    };
    expect(await list(root, 'descendants')).toEqual([unread]);
    rows.fault = undefined;
    await api.runtime.advance(10_000);
    expect(await list(root, 'descendants')).toMatchObject([{ id: child, status: 'sleeping' }]);
  });

  it('because its head is broken has nothing below or above it', async () => {
    const { root, a, b, a1, a2, b1, merged, last } = await clan(api);
    api.runtime.rows.tamper(headKey({ tenant: 'acme', id: a }), 'not json');
    const found = await list(root, 'descendants');
    expect(found.map(({ id }) => id)).toEqual([a, b, b1, merged, last]);
    expect(found[0]).toMatchObject({ status: null, depth: 1 });
    expect(await list(a1, 'ancestors')).toMatchObject([{ id: a, status: null, depth: 1 }]);
    expect(await ids(a2, 'siblings')).toEqual([]);
    const problem = await api.refused('GET', `/continuations/${a}/lineage?relation=tree`);
    expect(problem.code).toBe('log.corrupt');
  });

  it('as it is, because another release has folded its head, is folded again', async () => {
    const { root, a } = await clan(api);
    const key = headKey({ tenant: 'acme', id: a });
    const before = await list(root, 'tree');
    const { rows } = api.runtime;
    rows.tamper(
      key,
      (rows.snapshot().get(key) ?? '').replace('"foldVersion":1', '"foldVersion":9'),
    );
    expect(await list(root, 'tree')).toEqual(before);
    const first = `acme:${a}:log:000000000001`;
    rows.tamper(first, (rows.snapshot().get(first) ?? '').replace('"version":1', '"version":9'));
    expect((await list(root, 'tree'))[1]).toMatchObject({ id: a, status: null });
  });

  it('and is the root: the tree begins with the first that is here', async () => {
    const { root, a, a1, a2, merged, last } = await clan(api);
    api.runtime.rows.tamper(headKey({ tenant: 'acme', id: root }), 'not json');
    expect(await ids(a1, 'tree')).toEqual([a, a1, a2, merged, last]);
  });
});
