import { TenantCreation, TenantRequest } from '@maestro/client/protocol';
import { canonicalJson, defaultTenantDocument, MaestroError } from '@maestro/core';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';
import {
  checkSameStore,
  contradiction,
  documentOf,
  shown,
  TENANT_DOCUMENT,
  TENANT_EXAMPLE,
  tenantDetail,
} from './tenant-documents.ts';

/**
 * How long a tenant has to be frozen before it can be deleted, in ms: a commit whose answer was lost may be on its way for
 * so long.
 */
const FROZEN_MS = 60_000;

/** How long a host may go by where the rows of a tenant were thought to be before it was created, in ms. */
const NOTICED_MS = 1_100;

/** `POST /tenants`. */
export function createTenant(parts: ApiParts): Route {
  const { tenants, region } = parts;
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
      'warehouse.unavailable',
      'commit.outcome_unknown',
      'sidecar.unavailable',
    ],
    handle: async ({ body }) => {
      const { tenant, stateComponent } = body;
      const document = documentOf(tenant, body, region);
      tenants.refresh(tenant);
      const there = await existing(parts, tenant, tenants.find(tenant));
      if (!there && stateComponent !== undefined) await checkStore(parts, tenant, stateComponent);
      if (!there && (await tenants.create(document, stateComponent))) {
        if (stateComponent !== undefined) await delay(NOTICED_MS);
        return { status: 201, body: await shown(tenants, document) };
      }
      const answer = await shown(tenants, there ?? (await tenants.document(tenant)));
      const asked = { ...document, ...(stateComponent === undefined ? {} : { stateComponent }) };
      if (canonicalJson(answer) === canonicalJson(asked)) return { status: 200, body: answer };
      throw new MaestroError(
        'tenant.exists',
        `there is a tenant ${tenant} already: PUT /tenants/${tenant} changes it`,
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
      return { status: 200, body: await shown(tenants, document) };
    },
  });
}

/** `PUT /tenants/{tenant}`. */
export function replaceTenant(parts: ApiParts): Route {
  const { tenants, region } = parts;
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
    errors: [
      'tenant.not_found',
      'tenant.deleted',
      'tenant.invalid',
      'commit.outcome_unknown',
      'sidecar.unavailable',
    ],
    handle: async ({ tenant, body }) => {
      const document = documentOf(tenant, body, region);
      const found = tenants.find(tenant).catch((error: unknown) => {
        // What cannot be understood is to be replaced.
        if (MaestroError.from(error).code === 'tenant.invalid') return document;
        throw error;
      });
      if (!(await existing(parts, tenant, found))) throw notFound(tenant);
      await checkSameStore(tenants, tenant, body);
      await tenants.put(document);
      return { status: 200, body: await shown(tenants, document) };
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
      'tenant.invalid',
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
      tenants.refresh(tenant);
      if (!(await tenants.deletion(tenant))) {
        if (!(await tenants.find(tenant))) throw notFound(tenant);
        await checkFrozen(tenants, tenant, clock.nowMs());
      }
      const at = new Date(clock.nowMs()).toISOString();
      await tenants.delete(tenant, { by: principal.subject, at });
      await readModel?.erase(tenant);
      return { status: 200, body: await shown(tenants, defaultTenantDocument(tenant)) };
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
  const sinceMs = Date.parse(freeze?.at ?? '');
  // One that cannot be understood says nothing of when it began.
  if (!freeze || sinceMs === 0) {
    throw new MaestroError('tenant.not_frozen', `freeze ${tenant} first, and wait a minute`);
  }
  const restMs = sinceMs + FROZEN_MS - nowMs;
  if (restMs <= 0) return;
  throw new MaestroError(
    'tenant.not_frozen',
    `${tenant} is frozen only since ${freeze.at}: try again in ${Math.ceil(restMs / 1000)} s`,
  );
}

/**
 * Tries the state component that a tenant is to have for itself.
 *
 * @throws MaestroError `request.unprocessable` where it cannot be used, or the tenant has rows elsewhere.
 */
async function checkStore(
  { checkStore: tried, readModel }: ApiParts,
  tenant: string,
  stateComponent: string,
): Promise<void> {
  await tried(stateComponent).catch((error: unknown) => {
    const { code, message } = MaestroError.from(error);
    throw code === 'component.unsupported' ? contradiction('/stateComponent', message) : error;
  });
  const listed = await readModel?.list({ tenant, limit: 1 });
  if (!listed || listed.lives.length === 0) return;
  throw contradiction(
    '/stateComponent',
    `${tenant} has continuations already, in the state component of the installation`,
  );
}

/** What was found of a tenant that is there. @throws MaestroError `tenant.deleted`. */
async function existing<T>(
  { tenants }: Pick<ApiParts, 'tenants'>,
  tenant: string,
  found: Promise<T | undefined>,
): Promise<T | undefined> {
  const [deletion, document] = await Promise.all([tenants.deletion(tenant), found]);
  if (!deletion) return document;
  throw new MaestroError('tenant.deleted', `${tenant} was deleted at ${deletion.at}`);
}

function notFound(tenant: string): MaestroError {
  return new MaestroError('tenant.not_found', `there is no tenant ${tenant}`);
}
