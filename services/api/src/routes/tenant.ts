import { TenantRequest } from '@maestro/client/protocol';
import { canonicalJson, MaestroError } from '@maestro/core';
import type { ApiParts } from '../api-options.ts';
import { checkAdministers } from '../http/permissions.ts';
import { defineRoute, type Route } from '../http/route.ts';
import {
  checkSameStore,
  documentOf,
  shown,
  TENANT_DOCUMENT,
  TENANT_EXAMPLE,
  tenantDetail,
} from './tenant-documents.ts';

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
      body: await shown(tenants, await tenants.document(principal.tenant)),
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
      const { tenant } = principal;
      const document = documentOf(tenant, body, region);
      await checkSameStore(tenants, tenant, body);
      const residency = await tenants.find(tenant).then(
        (before) => before?.residency ?? [],
        (error: unknown) => {
          if (MaestroError.from(error).code !== 'tenant.invalid') throw error;
        },
      );
      // Also where it cannot be told what it was.
      if (canonicalJson(document.residency) !== canonicalJson(residency ?? null)) {
        checkAdministers(principal, adminTenant);
      }
      await tenants.put(document);
      return { status: 200, body: await shown(tenants, document) };
    },
  });
}
