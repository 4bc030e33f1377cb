import { z } from 'zod';
import { DEFAULT_CAP_USD, microUsd, Usd, type MicroUsd } from '../budget/budget.ts';
import { MaestroError } from '../errors/maestro-error.ts';
import { Sensitivity } from '../goal/goal-frame.ts';

/** What continuations that a tenant starts may cost. */
export const TenantBudget = z.strictObject({
  /** Hard cap of one that asks for none, in US dollars. */
  defaultCapUsd: Usd.default(DEFAULT_CAP_USD),
  /** The largest hard cap that one may ask for, in US dollars; null for any. */
  maxCapUsd: Usd.nullable().default(null),
});
export type TenantBudget = z.infer<typeof TenantBudget>;

/** What a tenant may start. */
export interface TenantAllowance {
  readonly budget: TenantBudget;
  /** The most sensitive goal that it may have. */
  readonly maxSensitivity: Sensitivity;
}

/**
 * Refuses what a tenant may not start.
 *
 * @param capMicroUsd the hard cap that was asked for; undefined when none was.
 * @throws MaestroError `tenant.not_allowed`, naming each place.
 */
export function checkAllowed(
  { budget, maxSensitivity }: TenantAllowance,
  asked: { readonly sensitivity: Sensitivity; readonly capMicroUsd: MicroUsd | undefined },
): void {
  const { maxCapUsd } = budget;
  const order = Sensitivity.options;
  const details = [
    ...(order.indexOf(asked.sensitivity) > order.indexOf(maxSensitivity)
      ? [{ at: '/goal/sensitivity', message: `the tenant may go up to ${maxSensitivity}` }]
      : []),
    ...(maxCapUsd !== null && (asked.capMicroUsd ?? 0) > microUsd(maxCapUsd)
      ? [{ at: '/budget', message: `the tenant may ask for ${maxCapUsd} US dollars at most` }]
      : []),
  ];
  if (details.length === 0) return;
  throw new MaestroError(
    'tenant.not_allowed',
    details.map(({ at, message }) => `${at}: ${message}`).join('; '),
    { details },
  );
}
