import { TenantRequest } from '@maestro/client/protocol';
import { canonicalJson } from '@maestro/core';
import type { ApiParts } from '../api-options.ts';
import { checkAdministers } from '../http/permissions.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { documentOf, TENANT_DOCUMENT, TENANT_EXAMPLE, tenantDetail } from './tenant-documents.ts';

/** `GET /tenant`. */
export function getTenant({ tenants }: ApiParts): Route {
  return defineRoute({
    method: 'get',
    path: '/tenant',
    operationId: 'getTenant',
    summary: 'What the tenant of the token is allowed',
    answers: { 200: TENANT_DOCUMENT },
    errors: ['tenant.invalid', 'sidecar.unavailable'],
    handle: async ({ principal }) => ({
      status: 200,
      body: await tenants.document(principal.tenant),
    }),
  });
}

/** `PUT /tenant`. */
export function putTenant(parts: ApiParts): Route {
  const { tenants, adminTenant, region } = parts;
  return defineRoute({
    method: 'put',
    path: '/tenant',
    operationId: 'putTenant',
    summary: 'Say what the tenant of the token is allowed',
    description:
      'For operators. Replaces what was said before; what is left out is the default. Every host goes by it within a second. What is there already stays, however large it is. The residency is for admins of the installation to say.',
    whileFrozen: true,
    audit: 'before',
    auditDetail: tenantDetail,
    body: { schema: TenantRequest, name: 'TenantRequest', example: TENANT_EXAMPLE },
    answers: { 200: TENANT_DOCUMENT },
    errors: ['commit.outcome_unknown', 'sidecar.unavailable'],
    handle: async ({ principal, body }) => {
      const document = documentOf(principal.tenant, body, region);
      const before = await tenants.find(principal.tenant).catch(() => undefined);
      if (canonicalJson(document.residency) !== canonicalJson(before?.residency ?? [])) {
        checkAdministers(principal, adminTenant);
      }
      await tenants.put(document);
      return { status: 200, body: document };
    },
  });
}
