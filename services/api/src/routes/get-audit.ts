import { MAX_AUDIT_PAGE, type AuditPage } from '@maestro/client/protocol';
import { AUDIT_GENESIS, auditRecord, TenantSlug } from '@maestro/core';
import { z } from 'zod';
import type { ApiParts } from '../api-options.ts';
import { checkAdministers } from '../http/permissions.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { EXAMPLE_ID } from './examples.ts';
import { MAX_QUERY_INTEGER, QueryInteger } from './list-events.ts';

const DEFAULT_PAGE = 100;

const AuditRequest = z.strictObject({
  tenant: TenantSlug.optional(),
  from: QueryInteger.pipe(z.int().min(1)).default(1),
  limit: QueryInteger.pipe(z.int().min(1).max(MAX_AUDIT_PAGE)).default(DEFAULT_PAGE),
});

const EXAMPLE = auditRecord('acme', { number: 0, hash: AUDIT_GENESIS }, [
  {
    at: '2026-08-27T12:00:00.000Z',
    by: 'alice',
    roles: ['researcher'],
    action: 'startContinuation',
    target: EXAMPLE_ID,
    requestId: '6f3b9a52-4a0c-4c84-8d53-0a4f5e0f9a11',
    outcome: 'done',
  },
]);

/** `GET /audit`. */
export function getAudit({ audit, adminTenant }: ApiParts): Route {
  return defineRoute({
    method: 'get',
    path: '/audit',
    operationId: 'getAudit',
    summary: 'Who did what',
    description:
      'For operators. The records of the tenant exactly as they are stored: each holds one or more entries and the hash of the record before, so that what was changed or taken away shows. An entry says who asked for what, of which continuation, and what came of it.',
    query: AuditRequest,
    parameters: [
      {
        in: 'query',
        name: 'tenant',
        description:
          'Another tenant than that of the token, also one that was deleted; for admins of the installation.',
        schema: { type: 'string', pattern: '^[a-z0-9-]{1,40}$' },
      },
      {
        in: 'query',
        name: 'from',
        description: 'Number of the first record.',
        schema: { type: 'integer', minimum: 1, maximum: MAX_QUERY_INTEGER, default: 1 },
      },
      {
        in: 'query',
        name: 'limit',
        description: 'The most records to give.',
        schema: { type: 'integer', minimum: 1, maximum: MAX_AUDIT_PAGE, default: DEFAULT_PAGE },
      },
    ],
    answers: {
      200: {
        description: 'A page; at the end of the log `next` is null',
        schema: 'AuditPage',
        example: { records: [JSON.stringify(EXAMPLE)], next: null } satisfies AuditPage,
      },
    },
    errors: ['sidecar.unavailable'],
    handle: async ({ principal, query }) => {
      const { tenant = principal.tenant, from, limit } = query;
      if (tenant !== principal.tenant) checkAdministers(principal, adminTenant);
      const records = [...(await audit.read(tenant, from, limit))];
      const next = records.length < limit ? null : from + limit;
      return { status: 200, body: { records, next } satisfies AuditPage };
    },
  });
}
