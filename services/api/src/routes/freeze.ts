import { FreezeRequest, ThawRequest, type FreezeAnswer } from '@maestro/client/protocol';
import { StoredRedactionSettings, textRedactorOf, type FreezeScope } from '@maestro/core';
import type { ApiParts } from '../api-options.ts';
import { checkPermission } from '../http/permissions.ts';
import { defineRoute, type ApiRequest, type Route } from '../http/route.ts';

/** The reason is kept where nothing of it can be taken back. */
const FreezeWithoutPersonalData = FreezeRequest.extend({
  reason: FreezeRequest.shape.reason.transform((text) => withoutPersonalData.redact(text)),
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
export function getFreeze({ tenants }: ApiParts): Route {
  return defineRoute({
    method: 'get',
    path: '/freeze',
    operationId: 'getFreeze',
    summary: 'What holds the tenant of the token up',
    answers: { 200: ANSWER },
    errors: ['sidecar.unavailable'],
    handle: async ({ principal }) => ({ status: 200, body: await now(tenants, principal.tenant) }),
  });
}

/** `POST /freeze`. */
export function freeze({ tenants, clock }: ApiParts): Route {
  return defineRoute({
    method: 'post',
    path: '/freeze',
    operationId: 'freeze',
    summary: 'Stop everything of the tenant, or of all tenants',
    description:
      'For operators; of all tenants for admins. Within two seconds nothing starts, nothing is written and nothing leaves; steps that run are aborted. Reads go on. What falls due meanwhile is kept, and goes on at the thaw. Said again it replaces the reason.',
    whileFrozen: true,
    audit: 'before',
    auditDetail: ({ scope, reason }) => ({ scope, reason }),
    body: {
      schema: FreezeWithoutPersonalData,
      name: 'FreezeRequest',
      example: { reason: 'an inquiry is under way' },
    },
    answers: { 200: ANSWER },
    errors: ['commit.outcome_unknown', 'sidecar.unavailable'],
    handle: async (request) => {
      const { principal, body } = request;
      const at = new Date(clock.nowMs()).toISOString();
      const { reason } = body;
      await tenants.setFreeze(scopeOf(request), { by: principal.subject, reason, at });
      return { status: 200, body: await now(tenants, principal.tenant) };
    },
  });
}

/** `POST /thaw`. */
export function thaw({ tenants }: ApiParts): Route {
  return defineRoute({
    method: 'post',
    path: '/thaw',
    operationId: 'thaw',
    summary: 'End a freeze',
    description:
      'For operators; of the installation for admins. Everything that was due goes on within seconds. Where nothing is frozen it changes nothing. A freeze of the installation holds a tenant up whether its own is ended or not.',
    whileFrozen: true,
    audit: 'before',
    auditDetail: ({ scope }) => ({ scope }),
    body: { schema: ThawRequest, name: 'ThawRequest', example: {} },
    answers: { 200: ANSWER },
    errors: ['commit.outcome_unknown', 'sidecar.unavailable'],
    handle: async (request) => {
      await tenants.setFreeze(scopeOf(request), null);
      return { status: 200, body: await now(tenants, request.principal.tenant) };
    },
  });
}

/** @throws MaestroError `auth.forbidden` when an operator means everybody. */
function scopeOf({
  principal,
  body,
}: Pick<ApiRequest<ThawRequest, unknown>, 'principal' | 'body'>): FreezeScope {
  if (body.scope === 'tenant') return { tenant: principal.tenant };
  checkPermission(principal, 'administer');
  return 'installation';
}

async function now(tenants: ApiParts['tenants'], tenant: string): Promise<FreezeAnswer> {
  const active = await tenants.freeze(tenant);
  if (!active) return { freeze: null };
  const { scope, by, reason, at } = active;
  return { freeze: { scope, by, reason, at } };
}
