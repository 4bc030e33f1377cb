import { MAX_PAGE_NODES, Relation, type LineagePage } from '@maestro/client/protocol';
import { z } from 'zod';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { listAncestors } from '../lineage/ancestors.ts';
import { CursorText, readCursor, writeCursor } from '../lineage/cursor.ts';
import { listDescendants } from '../lineage/descendants.ts';
import { Family, type Member } from '../lineage/family.ts';
import type { ListPage, ListRequest } from '../lineage/list-page.ts';
import { listSiblings } from '../lineage/siblings.ts';
import { EXAMPLE_CHILD_ID, EXAMPLE_ID, EXAMPLE_NODE } from './examples.ts';
import { QueryInteger } from './list-events.ts';

const DEFAULT_PAGE = 100;
const MAX_DEPTH = 1000;

const LineageQuery = z
  .strictObject({
    relation: Relation,
    depth: QueryInteger.pipe(z.int().min(1).max(MAX_DEPTH)).optional(),
    limit: QueryInteger.pipe(z.int().min(1).max(MAX_PAGE_NODES)).default(DEFAULT_PAGE),
    cursor: CursorText.max(12_000).optional(),
  })
  .refine(({ relation, depth }) => relation !== 'siblings' || depth === undefined, {
    path: ['depth'],
    message: 'does not go with siblings: they are all of one generation',
  });

/** `GET /continuations/{id}/lineage`. */
export function getLineage(parts: ApiParts): Route {
  return defineRoute({
    method: 'get',
    path: '/continuations/:id/lineage',
    operationId: 'getLineage',
    summary: 'The family of a continuation',
    description:
      'Read from heads and fork events in the store: it wakes nothing and waits for nothing that runs. Generation by generation, parents before their children. A continuation with several parents comes once, after all of them. One that cannot be read, such as a child that has not begun yet, is there without a status, and nothing below it.',
    query: LineageQuery,
    parameters: [
      {
        in: 'query',
        name: 'relation',
        required: true,
        description:
          '`ancestors`: all it comes from, from the root down. `descendants`: all who come from it. `siblings`: the other children of its parents. `tree`: its root, and all who come from that.',
        schema: { type: 'string', enum: Relation.options },
      },
      {
        in: 'query',
        name: 'depth',
        description:
          'Generations at most: up from it, down from it, or down from the root. All unless given.',
        schema: { type: 'integer', minimum: 1, maximum: MAX_DEPTH },
      },
      {
        in: 'query',
        name: 'limit',
        description: 'The most continuations to give.',
        schema: { type: 'integer', minimum: 1, maximum: MAX_PAGE_NODES, default: DEFAULT_PAGE },
      },
      {
        in: 'query',
        name: 'cursor',
        description: '`next` of the page before.',
        schema: { type: 'string', pattern: '^[A-Za-z0-9_-]+$', maxLength: 12_000 },
      },
    ],
    answers: {
      200: {
        description: 'A page; the last one has no `next`. Others may be short',
        schema: 'LineagePage',
        example: {
          id: EXAMPLE_ID,
          relation: 'descendants',
          nodes: [
            {
              ...EXAMPLE_NODE,
              id: EXAMPLE_CHILD_ID,
              parents: [{ id: EXAMPLE_ID, kind: 'fork', sequence: 4 }],
              depth: 1,
              children: 0,
              grantedUsd: 0,
            },
          ],
          next: null,
        } satisfies LineagePage,
      },
    },
    errors: ['continuation.not_found', 'log.corrupt', 'sidecar.unavailable'],
    handle: async ({ principal, id, query }) => {
      const { relation, depth = Infinity, limit, cursor } = query;
      const at = cursor === undefined ? undefined : readCursor(cursor, { relation, id });
      const family = new Family(parts, principal.tenant);
      const { nodes, next } = await list(family, await family.require(id), relation, {
        limit,
        generations: depth,
        at,
      });
      const page: LineagePage = {
        id,
        relation,
        nodes: [...nodes],
        next: next ? writeCursor({ relation, id }, next) : null,
      };
      return { status: 200, body: page };
    },
  });
}

async function list(
  family: Family,
  of: Member,
  relation: Relation,
  request: ListRequest,
): Promise<ListPage> {
  switch (relation) {
    case 'ancestors':
      return listAncestors(family, of, request);
    case 'descendants':
      return listDescendants(family, of, request, { withStart: false });
    case 'siblings':
      return listSiblings(family, of, request);
    case 'tree':
      return listDescendants(family, await topOf(family, of), request, { withStart: true });
  }
}

/** The root, or the first ancestor that is here: a copy that was brought from another store has left its family there. */
async function topOf(family: Family, of: Member): Promise<Member> {
  const [root] = await family.find([of.lineage.root]);
  if (root) return root;
  let top = of;
  for (;;) {
    const [parent] = await family.find(top.lineage.parents.slice(0, 1).map(({ id }) => id));
    if (!parent) return top;
    top = parent;
  }
}
