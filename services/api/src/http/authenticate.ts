import { MaestroError, type Identity, type Principal } from '@maestro/core';
import type { Access } from './route.ts';

/** Role that may look after continuations beside their owners' business. */
export const OPERATOR_ROLE = 'operator';

/** Role that may do what concerns all tenants. */
const ADMIN_ROLE = 'admin';

const NOBODY: Principal = Object.freeze({ tenant: '', subject: '', roles: [], expiresAtMs: 0 });

/**
 * Who is calling.
 *
 * @throws MaestroError `auth.missing`, `auth.invalid`, `auth.expired` or `auth.forbidden`.
 */
export async function authenticate(
  identity: Identity,
  access: Access,
  header: string | undefined,
): Promise<Principal> {
  if (access === 'public') return NOBODY;
  if (header === undefined) {
    throw new MaestroError('auth.missing', 'send a token as Authorization: Bearer <token>');
  }
  const token = /^Bearer +(\S+)$/i.exec(header)?.[1];
  if (token === undefined) {
    throw new MaestroError('auth.invalid', 'the Authorization header is not Bearer <token>');
  }
  const principal = await identity.verify(token);
  if (access === 'operator') checkOperator(principal);
  return principal;
}

/** @throws MaestroError `auth.forbidden` unless the caller is an operator or an admin. */
export function checkOperator({ roles }: Principal): void {
  if (roles.includes(OPERATOR_ROLE) || roles.includes(ADMIN_ROLE)) return;
  throw new MaestroError('auth.forbidden', `this needs a token with the role '${OPERATOR_ROLE}'`);
}

/** @throws MaestroError `auth.forbidden` unless the caller is an admin. */
export function checkAdmin({ roles }: Principal): void {
  if (roles.includes(ADMIN_ROLE)) return;
  throw new MaestroError('auth.forbidden', `this needs a token with the role '${ADMIN_ROLE}'`);
}
