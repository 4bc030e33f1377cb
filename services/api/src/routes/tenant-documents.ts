import type { TenantAnswer, TenantRequest } from '@maestro/client/protocol';
import {
  defaultTenantDocument,
  MaestroError,
  type JsonValue,
  type TenantDirectory,
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
    throw contradiction('/tenant', `this is of tenant ${request.tenant}, not of ${tenant}`);
  }
  const { limits, redaction, budget, maxSensitivity, residency } = request;
  if (!mayBeIn(residency, region)) {
    const here = region === undefined ? 'has no name' : `is ${region}`;
    throw contradiction(
      '/residency',
      `the tenant could not be served here: the region of this deployment ${here}`,
    );
  }
  return { ...defaultTenantDocument(tenant), limits, redaction, budget, maxSensitivity, residency };
}

/** @throws MaestroError `request.unprocessable` for another state component than the tenant has. */
export async function checkSameStore(
  tenants: Pick<TenantDirectory, 'stateComponent'>,
  tenant: string,
  { stateComponent }: TenantRequest,
): Promise<void> {
  if (stateComponent === undefined) return;
  if (stateComponent === (await tenants.stateComponent(tenant))) return;
  throw contradiction(
    '/stateComponent',
    'where the rows of a tenant are is said when it is created: export them, and import them into another tenant',
  );
}

/** A document with what is told of its tenant beside it. */
export async function shown(
  tenants: Pick<TenantDirectory, 'stateComponent' | 'deletion'>,
  document: TenantDocument,
): Promise<TenantAnswer> {
  const [stateComponent, deleted] = await Promise.all([
    tenants.stateComponent(document.tenant),
    tenants.deletion(document.tenant),
  ]);
  return {
    ...document,
    ...(stateComponent === undefined ? {} : { stateComponent }),
    ...(deleted ? { deleted } : {}),
  };
}

/** What the audit log says of it: the names of people are counted. */
export function tenantDetail({
  limits,
  redaction: { kinds, names },
  budget,
  maxSensitivity,
  residency,
  stateComponent,
}: TenantRequest): Readonly<Record<string, JsonValue>> {
  return {
    limits,
    redaction: { kinds, names: names.length },
    budget,
    maxSensitivity,
    residency,
    ...(stateComponent === undefined ? {} : { stateComponent }),
  };
}

/** A request whose parts fit their schemas, and do not go with what there is. */
export function contradiction(at: string, message: string): MaestroError {
  return new MaestroError('request.unprocessable', message, { details: [{ at, message }] });
}
