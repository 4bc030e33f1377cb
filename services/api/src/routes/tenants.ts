import { TenantCreation, TenantRequest } from '@maestro/client/protocol';
import {
  canonicalJson,
  defaultTenantDocument,
  MaestroError,
  type TenantDocument,
} from '@maestro/core';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { documentOf, TENANT_DOCUMENT, TENANT_EXAMPLE, tenantDetail } from './tenant-documents.ts';

/**
 * How long a tenant has to be frozen before it can be deleted, in ms: a commit whose answer was lost may be on its way for
 * so long.
 */
const FROZEN_MS = 60_000;

/** `POST /tenants`. */
export function createTenant({ tenants, region }: ApiParts): Route {
  return defineRoute({
    method: 'post',
    path: '/tenants',
    operationId: 'createTenant',
    summary: 'Create a tenant',
    description:
      'For admins of the installation. Said again with the same content it changes nothing. A name that was deleted cannot be used again.',
    whileFrozen: true,
    audit: 'before',
    auditDetail: tenantDetail,
    auditTenant: ({ tenant }) => tenant,
    body: {
      schema: TenantCreation,
      name: 'TenantCreation',
      example: { tenant: 'acme', ...TENANT_EXAMPLE },
    },
    answers: {
      200: { ...TENANT_DOCUMENT, description: 'It was there with the same content' },
      201: TENANT_DOCUMENT,
    },
    errors: [
      'tenant.exists',
      'tenant.deleted',
      'tenant.invalid',
      'commit.outcome_unknown',
      'sidecar.unavailable',
    ],
    handle: async ({ body }) => {
      const document = documentOf(body.tenant, body, region);
      if (await tenants.create(document)) return { status: 201, body: document };
      const there = await existing(tenants, body.tenant);
      if (canonicalJson(there) === canonicalJson(document)) return { status: 200, body: there };
      throw new MaestroError(
        'tenant.exists',
        `there is a tenant ${body.tenant} already: PUT /tenants/${body.tenant} changes it`,
      );
    },
  });
}

/** `GET /tenants/{tenant}`. */
export function readTenant({ tenants }: ApiParts): Route {
  return defineRoute({
    method: 'get',
    path: '/tenants/:tenant',
    operationId: 'readTenant',
    summary: 'What a tenant is allowed',
    description: 'For admins of the installation. Of one that was deleted: when, and by whom.',
    answers: { 200: TENANT_DOCUMENT },
    errors: ['tenant.not_found', 'tenant.invalid', 'sidecar.unavailable'],
    handle: async ({ tenant }) => {
      const document = await tenants.find(tenant);
      if (!document) throw notFound(tenant);
      return { status: 200, body: document };
    },
  });
}

/** `PUT /tenants/{tenant}`. */
export function replaceTenant({ tenants, region }: ApiParts): Route {
  return defineRoute({
    method: 'put',
    path: '/tenants/:tenant',
    operationId: 'replaceTenant',
    summary: 'Say what a tenant is allowed',
    description:
      'For admins of the installation. Replaces what was said before; what is left out is the default.',
    whileFrozen: true,
    audit: 'before',
    auditDetail: tenantDetail,
    body: { schema: TenantRequest, name: 'TenantRequest', example: TENANT_EXAMPLE },
    answers: { 200: TENANT_DOCUMENT },
    errors: ['tenant.not_found', 'tenant.deleted', 'commit.outcome_unknown', 'sidecar.unavailable'],
    handle: async ({ tenant, body }) => {
      const document = documentOf(tenant, body, region);
      await existing(tenants, tenant).catch((error: unknown) => {
        // What cannot be understood is to be replaced.
        if (MaestroError.from(error).code !== 'tenant.invalid') throw error;
      });
      await tenants.put(document);
      return { status: 200, body: document };
    },
  });
}

/** `DELETE /tenants/{tenant}`. */
export function deleteTenant({ tenants, readModel, clock, adminTenant }: ApiParts): Route {
  return defineRoute({
    method: 'delete',
    path: '/tenants/:tenant',
    operationId: 'deleteTenant',
    summary: 'Delete a tenant, for good',
    description:
      'For admins of the installation; the tenant has to be frozen for a minute. From then on nothing of it is served or started, and its name cannot be used again. Its rows leave the read model; those of the state store are erased by `POST /tenants/{tenant}/erasures`, which `maestro tenant delete` does with all of them. Said again it empties the read model again.',
    whileFrozen: true,
    audit: 'before',
    answers: { 200: TENANT_DOCUMENT },
    errors: [
      'tenant.not_found',
      'tenant.not_frozen',
      'request.unprocessable',
      'warehouse.unavailable',
      'commit.outcome_unknown',
      'sidecar.unavailable',
    ],
    handle: async ({ tenant, principal }) => {
      if (tenant === adminTenant) {
        throw new MaestroError(
          'request.unprocessable',
          'this is the tenant whose admins create and delete the others',
        );
      }
      let document = await tenants.find(tenant).catch(() => defaultTenantDocument(tenant));
      if (!document) throw notFound(tenant);
      if (!document.deleted) {
        await checkFrozen(tenants, tenant, clock.nowMs());
        const at = new Date(clock.nowMs()).toISOString();
        // Nothing of what was said of it stays: there are names of people in it.
        document = { ...defaultTenantDocument(tenant), deleted: { by: principal.subject, at } };
        await tenants.put(document);
      }
      await readModel?.erase(tenant);
      return { status: 200, body: document };
    },
  });
}

/** @throws MaestroError `tenant.not_frozen`. */
async function checkFrozen(
  tenants: ApiParts['tenants'],
  tenant: string,
  nowMs: number,
): Promise<void> {
  const freeze = await tenants.freeze(tenant);
  if (!freeze) {
    throw new MaestroError('tenant.not_frozen', `freeze ${tenant} first, and wait a minute`);
  }
  const restMs = Date.parse(freeze.at) + FROZEN_MS - nowMs;
  if (restMs <= 0) return;
  throw new MaestroError(
    'tenant.not_frozen',
    `${tenant} is frozen only since ${freeze.at}: try again in ${Math.ceil(restMs / 1000)} s`,
  );
}

/** @throws MaestroError `tenant.not_found` or `tenant.deleted`. */
async function existing(tenants: ApiParts['tenants'], tenant: string): Promise<TenantDocument> {
  const document = await tenants.find(tenant);
  if (!document) throw notFound(tenant);
  if (!document.deleted) return document;
  throw new MaestroError('tenant.deleted', `${tenant} was deleted at ${document.deleted.at}`);
}

function notFound(tenant: string): MaestroError {
  return new MaestroError('tenant.not_found', `there is no tenant ${tenant}`);
}
