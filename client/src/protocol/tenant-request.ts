import { RedactionSettings, TenantDocument, TenantLimits, TenantSlug } from '@maestro/core';
import { z } from 'zod';

/** Body of `PUT /tenant`; what is left out is the default. */
export const TenantRequest = z.strictObject({
  /** As `GET /tenant` gives it. */
  schemaVersion: z.literal(1).optional(),
  /** That of the token. */
  tenant: TenantSlug.optional(),
  limits: TenantLimits.prefault({}),
  /** What is taken out of free text before it is stored. */
  redaction: RedactionSettings.prefault({}),
});
export type TenantRequest = z.infer<typeof TenantRequest>;
export type TenantRequestInput = z.input<typeof TenantRequest>;

/** Answer of `GET /tenant` and `PUT /tenant`. */
export const TenantAnswer = TenantDocument;
export type TenantAnswer = z.infer<typeof TenantAnswer>;
