import { MaestroError, type ActiveFreeze } from '@maestro/core';

/**
 * How long what a freeze holds is left alone, in ms. The host that holds it notices the thaw within a second; this is for
 * what it holds when it dies.
 */
export const HELD_MS = 120_000;

/** The refusal of what would start something or let it out. Who has frozen everybody, and why, is nobody's of a tenant. */
export function frozen({ scope, by, reason, at }: ActiveFreeze): MaestroError {
  return new MaestroError(
    'tenant.frozen',
    scope === 'installation'
      ? `everything here is frozen since ${at}`
      : `the tenant is frozen since ${at} by ${by}: ${reason}`,
  );
}
