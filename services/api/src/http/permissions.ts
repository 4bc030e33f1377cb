import { MaestroError, type Principal } from '@maestro/core';
import { isRole, ROLES, type Role } from '../identity/roles.ts';

/**
 * What a route may need:
 * `read` see what belongs to the tenant, `start` start continuations, `steer` fork, merge and skip time,
 * `signal` speak to continuations, `publish` feed streams, `operate` wake, seal and import, and see the audit log,
 * `configure` say what the tenant is allowed, freeze and thaw it, `administer` what concerns other tenants, or all: that
 * takes a token of the tenant that `MAESTRO_ADMIN_TENANT` names, too.
 */
export type Permission =
  | 'read'
  | 'start'
  | 'steer'
  | 'signal'
  | 'publish'
  | 'operate'
  | 'configure'
  | 'administer';

/** What each route needs; `public` takes no token. A route without a row here does not compile. */
export const ROUTE_PERMISSIONS = {
  startContinuation: 'start',
  listContinuations: 'read',
  getContinuation: 'read',
  listEvents: 'read',
  streamEvents: 'read',
  streamTenantEvents: 'read',
  // The signals `seal` and `unseal` need `operate` beside it.
  signalContinuation: 'signal',
  forkContinuation: 'steer',
  startMerge: 'steer',
  publishItems: 'publish',
  skipTime: 'steer',
  getLineage: 'read',
  getCommonAncestor: 'read',
  explainContinuation: 'read',
  replayContinuation: 'read',
  wakeContinuation: 'operate',
  getTenant: 'read',
  putTenant: 'configure',
  createTenant: 'administer',
  readTenant: 'administer',
  replaceTenant: 'administer',
  deleteTenant: 'administer',
  eraseRows: 'administer',
  getFreeze: 'read',
  // Of the installation, and of another tenant, they need `administer`.
  freeze: 'configure',
  thaw: 'configure',
  getAudit: 'operate',
  importLog: 'operate',
  finishImport: 'operate',
  getBlob: 'read',
  putBlob: 'operate',
  liveness: 'public',
  readiness: 'public',
  describeError: 'public',
  statusPage: 'public',
  metrics: 'public',
  openapi: 'public',
  referencePage: 'public',
  referenceFile: 'public',
} as const satisfies Readonly<Record<string, Permission | 'public'>>;

/** Name of a route. */
export type OperationId = keyof typeof ROUTE_PERMISSIONS;

/** What each role permits. */
const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  researcher: ['read', 'start', 'steer', 'signal', 'publish'],
  reviewer: ['read', 'signal'],
  operator: ['read', 'signal', 'operate', 'configure'],
  admin: ['read', 'start', 'steer', 'signal', 'publish', 'operate', 'configure', 'administer'],
  service: ['read', 'start', 'signal', 'publish'],
};

/** The roles that permit something. */
export function rolesWith(permission: Permission): readonly Role[] {
  return ROLES.filter((role) => ROLE_PERMISSIONS[role].includes(permission));
}

/** Whether somebody may do what concerns all tenants: an issuer that speaks for one tenant makes nobody admin of others. */
export function mayAdminister(principal: Principal, adminTenant: string | undefined): boolean {
  return (
    adminTenant !== undefined &&
    principal.tenant === adminTenant &&
    principal.roles.some((role) => isRole(role) && ROLE_PERMISSIONS[role].includes('administer'))
  );
}

/** @throws MaestroError `auth.forbidden` unless the caller may do what concerns all tenants. */
export function checkAdministers(principal: Principal, adminTenant: string | undefined): void {
  if (mayAdminister(principal, adminTenant)) return;
  throw new MaestroError(
    'auth.forbidden',
    'this needs a token with the role admin, of the tenant that MAESTRO_ADMIN_TENANT names',
  );
}

/** @throws MaestroError `auth.forbidden` unless one of the caller's roles permits it. */
export function checkPermission(
  principal: Principal,
  permission: Permission,
  adminTenant?: string,
): void {
  const { roles } = principal;
  if (permission === 'administer') return checkAdministers(principal, adminTenant);
  if (roles.some((role) => isRole(role) && ROLE_PERMISSIONS[role].includes(permission))) return;
  throw new MaestroError(
    'auth.forbidden',
    `this needs a token with one of the roles ${rolesWith(permission).join(', ')}`,
  );
}
