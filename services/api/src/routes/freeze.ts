import { FreezeRequest, ThawRequest, type FreezeAnswer } from '@maestro/client/protocol';
import {
  MaestroError,
  shortened,
  StoredRedactionSettings,
  textRedactorOf,
  type FreezeScope,
  type Principal,
} from '@maestro/core';
import type { ApiParts } from '../api-options.ts';
import { checkAdministers, mayAdminister } from '../http/permissions.ts';
import { defineRoute, type ApiRequest, type Route } from '../http/route.ts';

/** The reason is kept where nothing of it can be taken back. */
const FreezeWithoutPersonalData = FreezeRequest.extend({
  reason: FreezeRequest.shape.reason.transform((text) =>
    shortened(withoutPersonalData.redact(text), 1000),
  ),
});
const withoutPersonalData = textRedactorOf(StoredRedactionSettings.parse({}));

const ANSWER = {
  description: 'What holds the tenant up now; null: nothing',
  schema: 'FreezeAnswer',
  example: {
    freeze: {
      scope: 'tenant',
      by: 'olga',
      reason: 'an inquiry is under way',
      at: '2026-08-27T12:00:00.000Z',
    },
  } satisfies FreezeAnswer,
};

/** `GET /freeze`. */
export function getFreeze(parts: ApiParts): Route {
  return defineRoute({
    method: 'get',
    path: '/freeze',
    operationId: 'getFreeze',
    summary: 'What holds the tenant of the token up',
    answers: { 200: ANSWER },
    errors: ['sidecar.unavailable'],
    handle: async ({ principal }) => ({ status: 200, body: await now(parts, principal) }),
  });
}

/** `POST /freeze`. */
export function freeze(parts: ApiParts): Route {
  const { tenants, clock } = parts;
  return defineRoute({
    method: 'post',
    path: '/freeze',
    operationId: 'freeze',
    summary: 'Stop everything of the tenant, or of all tenants',
    description:
      'For operators; of another tenant, or all, for admins of the installation. Within two seconds nothing starts, nothing is written and nothing leaves; steps that run are aborted. Reads go on. What falls due meanwhile is kept, and goes on at the thaw. Said again it replaces the reason.',
    whileFrozen: true,
    audit: 'before',
    auditDetail: ({ scope, reason }) => ({ scope, reason }),
    auditTenant: ({ tenant }) => tenant,
    body: {
      schema: FreezeWithoutPersonalData,
      name: 'FreezeRequest',
      example: { reason: 'an inquiry is under way' },
    },
    answers: { 200: ANSWER },
    errors: ['tenant.not_found', 'tenant.invalid', 'commit.outcome_unknown', 'sidecar.unavailable'],
    handle: async (request) => {
      const { principal, body } = request;
      const at = new Date(clock.nowMs()).toISOString();
      const { reason } = body;
      await tenants.setFreeze(await scopeOf(request, parts), { by: principal.subject, reason, at });
      return { status: 200, body: await now(parts, principal, body.tenant) };
    },
  });
}

/** `POST /thaw`. */
export function thaw(parts: ApiParts): Route {
  return defineRoute({
    method: 'post',
    path: '/thaw',
    operationId: 'thaw',
    summary: 'End a freeze',
    description:
      'For operators; of another tenant, or all, for admins of the installation. Everything that was due goes on within seconds. Where nothing is frozen it changes nothing. A freeze of the installation holds a tenant up whether its own is ended or not.',
    whileFrozen: true,
    audit: 'before',
    auditDetail: ({ scope }) => ({ scope }),
    auditTenant: ({ tenant }) => tenant,
    body: { schema: ThawRequest, name: 'ThawRequest', example: {} },
    answers: { 200: ANSWER },
    errors: ['tenant.not_found', 'tenant.invalid', 'commit.outcome_unknown', 'sidecar.unavailable'],
    handle: async (request) => {
      await parts.tenants.setFreeze(await scopeOf(request, parts), null);
      const { principal, body } = request;
      return { status: 200, body: await now(parts, principal, body.tenant) };
    },
  });
}

/** @throws MaestroError `auth.forbidden` when somebody means others who may not, `tenant.not_found` for one that is not there. */
async function scopeOf(
  { principal, body }: Pick<ApiRequest<ThawRequest, unknown>, 'principal' | 'body'>,
  { adminTenant, tenants }: ApiParts,
): Promise<FreezeScope> {
  const { scope, tenant = principal.tenant } = body;
  if (scope === 'installation' || tenant !== principal.tenant) {
    checkAdministers(principal, adminTenant);
  }
  if (tenant !== principal.tenant && !(await tenants.find(tenant))) {
    throw new MaestroError('tenant.not_found', `there is no tenant ${tenant}`);
  }
  return scope === 'installation' ? 'installation' : { tenant };
}

/** What holds a tenant up; who has frozen everything, and why, is for admins of all. */
async function now(
  { tenants, adminTenant }: ApiParts,
  principal: Principal,
  tenant = principal.tenant,
): Promise<FreezeAnswer> {
  const active = await tenants.freeze(tenant);
  if (!active) return { freeze: null };
  const { scope, at } = active;
  const shown = scope === 'tenant' || mayAdminister(principal, adminTenant);
  const { by, reason } = shown ? active : { by: 'admin', reason: 'everything here is frozen' };
  return { freeze: { scope, by, reason, at } };
}
