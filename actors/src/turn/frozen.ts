import { MaestroError, type ActiveFreeze } from '@maestro/core';

/**
 * How long what a freeze holds is left alone, in ms. The host that holds it notices the thaw within a second; this is for
 * what it holds when it dies.
 */
export const HELD_MS = 120_000;

/** The refusal of what would start something or let it out. */
export function frozen({ scope, by, reason, at }: ActiveFreeze): MaestroError {
  const what = scope === 'installation' ? 'everything here' : 'the tenant';
  return new MaestroError('tenant.frozen', `${what} is frozen since ${at} by ${by}: ${reason}`);
}
