import type { TenantRequest } from '@maestro/client/protocol';
import {
  defaultTenantDocument,
  MaestroError,
  type JsonValue,
  type TenantDocument,
} from '@maestro/core';
import { mayBeIn } from '../http/admit.ts';

/** What may be said of a tenant. */
export const TENANT_EXAMPLE = {
  limits: { maxForkDepth: 16, maxChildren: 1000, requestsPerSecond: 1000 },
  redaction: { kinds: ['email', 'phone', 'iban', 'card', 'national-id'], names: ['Grace Hopper'] },
  budget: { defaultCapUsd: 5, maxCapUsd: 50 },
  maxSensitivity: 'confidential',
  residency: [],
} as const;

/** A tenant's document, as an answer. */
export const TENANT_DOCUMENT = {
  description: 'What the tenant is allowed',
  schema: 'TenantAnswer',
  example: { ...defaultTenantDocument('acme'), ...TENANT_EXAMPLE },
};

/**
 * The document that a request asks for.
 *
 * @param region where this deployment is.
 * @throws MaestroError `request.unprocessable` for the document of another tenant, or one that may not be here.
 */
export function documentOf(
  tenant: string,
  request: TenantRequest,
  region: string | undefined,
): TenantDocument {
  if ((request.tenant ?? tenant) !== tenant) {
    throw new MaestroError(
      'request.unprocessable',
      `this is of tenant ${request.tenant}, not of ${tenant}`,
      { details: [{ at: '/tenant', message: `must be ${tenant}` }] },
    );
  }
  const { limits, redaction, budget, maxSensitivity, residency } = request;
  if (!mayBeIn(residency, region)) {
    const here = region === undefined ? 'has no name' : `is ${region}`;
    throw new MaestroError(
      'request.unprocessable',
      `the tenant could not be served here: the region of this deployment ${here}`,
      {
        details: [
          { at: '/residency', message: 'must be empty or hold the region of this deployment' },
        ],
      },
    );
  }
  return { ...defaultTenantDocument(tenant), limits, redaction, budget, maxSensitivity, residency };
}

/** What the audit log says of it: the names of people are counted. */
export function tenantDetail({
  limits,
  redaction: { kinds, names },
  budget,
  maxSensitivity,
  residency,
}: TenantRequest): Readonly<Record<string, JsonValue>> {
  return {
    limits,
    redaction: { kinds, names: names.length },
    budget,
    maxSensitivity,
    residency,
  };
}
