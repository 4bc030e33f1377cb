import { MaestroError, type Identity, type Principal } from '@maestro/core';
import { checkPermission, ROUTE_PERMISSIONS, type OperationId } from './permissions.ts';

const NOBODY: Principal = Object.freeze({ tenant: '', subject: '', roles: [], expiresAtMs: 0 });

/**
 * Who is calling, and whether the route is for them.
 *
 * @throws MaestroError `auth.missing`, `auth.invalid`, `auth.expired`, `auth.unavailable` or `auth.forbidden`.
 */
export async function authenticate(
  identity: Identity,
  operationId: OperationId,
  header: string | undefined,
  adminTenant?: string,
): Promise<Principal> {
  const permission = ROUTE_PERMISSIONS[operationId];
  if (permission === 'public') return NOBODY;
  if (header === undefined) {
    throw new MaestroError('auth.missing', 'send a token as Authorization: Bearer <token>');
  }
  const principal = await verifyBearer(identity, header);
  checkPermission(principal, permission, adminTenant);
  return principal;
}

/**
 * Who an `Authorization` header names.
 *
 * @throws MaestroError `auth.invalid`, `auth.expired` or `auth.unavailable`.
 */
export async function verifyBearer(identity: Identity, header: string): Promise<Principal> {
  const token = /^Bearer +(\S+)$/i.exec(header)?.[1];
  if (token === undefined) {
    throw new MaestroError('auth.invalid', 'the Authorization header is not Bearer <token>');
  }
  return identity.verify(token);
}
