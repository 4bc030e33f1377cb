import { ErasureRequest, type ErasureAnswer } from '@maestro/client/protocol';
import { MaestroError } from '@maestro/core';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';

/** `POST /tenants/{tenant}/erasures`. */
export function eraseRows({ tenants, eraser }: ApiParts): Route {
  return defineRoute({
    method: 'post',
    path: '/tenants/:tenant/erasures',
    operationId: 'eraseRows',
    summary: 'Erase rows of a tenant that was deleted',
    description:
      'For admins of the installation. Puts a tombstone in the place of each row, and removes the large values that it refers to. The keys are those that a walk over the state store finds: `maestro tenant delete`. Said again it erases what is left.',
    whileFrozen: true,
    auditDetail: ({ keys }) => ({ keys: keys.length }),
    body: {
      schema: ErasureRequest,
      name: 'ErasureRequest',
      example: { keys: ['acme:01J00000000000000000000000:head'] },
    },
    answers: {
      200: {
        description: 'How much of it was there',
        schema: 'ErasureAnswer',
        example: { rows: 1, blobs: 0 } satisfies ErasureAnswer,
      },
    },
    errors: [
      'tenant.not_deleted',
      'request.unprocessable',
      'tenant.invalid',
      'commit.outcome_unknown',
      'sidecar.unavailable',
    ],
    handle: async ({ tenant, body }) => {
      tenants.refresh(tenant);
      if (!(await tenants.deletion(tenant))) {
        throw new MaestroError('tenant.not_deleted', `delete ${tenant} first`);
      }
      return { status: 200, body: await eraser.erase(tenant, body.keys) };
    },
  });
}
