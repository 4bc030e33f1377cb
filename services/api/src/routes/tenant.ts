import { TenantRequest } from '@maestro/client/protocol';
import { defaultTenantDocument, MaestroError, type TenantDocument } from '@maestro/core';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';

const EXAMPLE = {
  limits: { maxForkDepth: 16, maxChildren: 1000, requestsPerSecond: 1000 },
  redaction: { kinds: ['email', 'phone', 'iban', 'card', 'national-id'], names: ['Grace Hopper'] },
};

const DOCUMENT = {
  description: 'What the tenant is allowed',
  schema: 'TenantAnswer',
  example: { ...defaultTenantDocument('acme'), ...EXAMPLE } satisfies TenantDocument,
};

/** `GET /tenant`. */
export function getTenant({ tenants }: ApiParts): Route {
  return defineRoute({
    method: 'get',
    path: '/tenant',
    operationId: 'getTenant',
    summary: 'What the tenant of the token is allowed',
    answers: { 200: DOCUMENT },
    errors: ['tenant.invalid', 'sidecar.unavailable'],
    handle: async ({ principal }) => ({
      status: 200,
      body: await tenants.document(principal.tenant),
    }),
  });
}

/** `PUT /tenant`. */
export function putTenant({ tenants }: ApiParts): Route {
  return defineRoute({
    method: 'put',
    path: '/tenant',
    operationId: 'putTenant',
    summary: 'Say what the tenant of the token is allowed',
    description:
      'For operators. Replaces what was said before; what is left out is the default. Every host goes by it within a second. What is there already stays, however large it is.',
    whileFrozen: true,
    audit: 'before',
    auditDetail: ({ limits, redaction: { kinds, names } }) => ({
      limits,
      redaction: { kinds, names: names.length },
    }),
    body: { schema: TenantRequest, name: 'TenantRequest', example: EXAMPLE },
    answers: { 200: DOCUMENT },
    errors: ['commit.outcome_unknown', 'sidecar.unavailable'],
    handle: async ({ principal, body }) => {
      const { limits, redaction, tenant = principal.tenant } = body;
      if (tenant !== principal.tenant) {
        throw new MaestroError(
          'request.unprocessable',
          `this is of tenant ${tenant}, not of yours`,
          {
            details: [{ at: '/tenant', message: 'must be the tenant of the token' }],
          },
        );
      }
      const document = { ...defaultTenantDocument(tenant), limits, redaction };
      await tenants.put(document);
      return { status: 200, body: document };
    },
  });
}
