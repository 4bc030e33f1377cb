import { z } from 'zod';

/** An amount of money in millionths of a US dollar: whole, so that sums are exact. */
export const MicroUsd = z.int().min(0);
export type MicroUsd = z.infer<typeof MicroUsd>;

/** The highest budget of one continuation, in US dollars. */
export const MAX_BUDGET_USD = 100_000;

/** An amount of money in US dollars, as people write it. */
export const Usd = z.number().min(0).max(MAX_BUDGET_USD);

/** Dollars as the log has them: in whole millionths. */
export function microUsd(usd: number): MicroUsd {
  return Math.round(usd * 1_000_000);
}

/** What a continuation may spend and has spent. */
export const Budget = z.looseObject({
  /** Hard cap: reached, the continuation publishes what it has and is ended. */
  capMicroUsd: MicroUsd,
  /** Soft cap: reached, routes are downshifted. At most the hard cap. */
  softCapMicroUsd: MicroUsd,
  /** Charged so far. */
  spentMicroUsd: MicroUsd,
  /** Held for steps that are under way. */
  reservedMicroUsd: MicroUsd,
  /** Carved out for children and not given back. Absent as long as there were none: states without have the bytes they always had. */
  grantedMicroUsd: MicroUsd.optional(),
  inputTokens: z.int().min(0),
  outputTokens: z.int().min(0),
});
export type Budget = z.infer<typeof Budget>;

/** The hard cap of a continuation that asked for none, unless its tenant says otherwise. */
export const DEFAULT_CAP_USD = 5;

/** What can still be spent or handed on. */
export function remainderOf(budget: Budget): MicroUsd {
  const { capMicroUsd, spentMicroUsd, reservedMicroUsd, grantedMicroUsd = 0 } = budget;
  return Math.max(0, capMicroUsd - spentMicroUsd - reservedMicroUsd - grantedMicroUsd);
}

/** A fresh budget with a hard cap; the soft cap is 80 % of it unless given. */
export function newBudget(capMicroUsd: number, softCapMicroUsd?: number): Budget {
  return {
    capMicroUsd,
    softCapMicroUsd: Math.min(softCapMicroUsd ?? Math.floor(capMicroUsd * 0.8), capMicroUsd),
    spentMicroUsd: 0,
    reservedMicroUsd: 0,
    inputTokens: 0,
    outputTokens: 0,
  };
}
