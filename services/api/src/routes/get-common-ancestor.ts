import type { CommonAncestor } from '@maestro/client/protocol';
import { ContinuationId, MaestroError } from '@maestro/core';
import { z } from 'zod';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { commonAncestor } from '../lineage/ancestors.ts';
import { Family } from '../lineage/family.ts';
import { nodeOf } from '../lineage/lineage-node.ts';
import { EXAMPLE_NODE } from './examples.ts';

const CommonAncestorQuery = z.strictObject({ with: ContinuationId });

/** `GET /continuations/{id}/common-ancestor`. */
export function getCommonAncestor(parts: ApiParts): Route {
  return defineRoute({
    method: 'get',
    path: '/continuations/:id/common-ancestor',
    operationId: 'getCommonAncestor',
    summary: 'The nearest continuation that two come from',
    description:
      'The deepest of all that are an ancestor of both, or one of the two itself; of several as deep the one with the smallest id.',
    query: CommonAncestorQuery,
    parameters: [
      {
        in: 'query',
        name: 'with',
        required: true,
        description: 'Id of the other continuation.',
        schema: { type: 'string', pattern: '^[0-7][0-9A-HJKMNP-TV-Z]{25}$' },
      },
    ],
    answers: {
      200: {
        description: 'The ancestor',
        schema: 'CommonAncestor',
        example: { ancestor: EXAMPLE_NODE } satisfies CommonAncestor,
      },
    },
    errors: ['continuation.not_found', 'log.corrupt', 'sidecar.unavailable'],
    handle: async ({ principal, id, query }) => {
      const family = new Family(parts, principal.tenant);
      const [one, other] = await Promise.all([family.require(id), family.require(query.with)]);
      const ancestor = await commonAncestor(family, one, other);
      if (!ancestor) {
        throw new MaestroError(
          'continuation.not_found',
          `${one.id} and ${other.id} have no common ancestor`,
        );
      }
      return { status: 200, body: { ancestor: nodeOf(ancestor) } satisfies CommonAncestor };
    },
  });
}
