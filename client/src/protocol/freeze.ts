import { Instant, TenantSlug } from '@maestro/core';
import { z } from 'zod';

/** What a freeze holds up: the tenant of the token, or everything. */
export const FreezeScopeName = z.enum(['tenant', 'installation']);

/** Whose work is meant. */
const FreezeSubject = z.strictObject({
  /** `installation` is for admins of all tenants. */
  scope: FreezeScopeName.default('tenant'),
  /** A tenant that is not the token's own, for admins of all tenants; with the scope `tenant` alone. */
  tenant: TenantSlug.optional(),
});

/** Body of `POST /freeze`. */
export const FreezeRequest = FreezeSubject.extend({
  /** Shown to everybody who is refused. */
  reason: z.string().trim().min(1).max(1000),
});
export type FreezeRequest = z.infer<typeof FreezeRequest>;
export type FreezeRequestInput = z.input<typeof FreezeRequest>;

/** Body of `POST /thaw`. */
export const ThawRequest = FreezeSubject;
export type ThawRequest = z.infer<typeof ThawRequest>;
export type ThawRequestInput = z.input<typeof ThawRequest>;

/** What holds the tenant up now. */
export const FreezeAnswer = z.object({
  freeze: z
    .object({
      scope: FreezeScopeName,
      /** Subject of the token that said so. */
      by: z.string(),
      reason: z.string(),
      at: Instant,
    })
    .nullable(),
});
export type FreezeAnswer = z.infer<typeof FreezeAnswer>;
