import {
  RedactionSettings,
  Residency,
  Sensitivity,
  StateComponent,
  TenantDeletion,
  TenantBudget,
  TenantDocument,
  TenantLimits,
  TenantSlug,
} from '@maestro/core';
import { z } from 'zod';

/** Body of `PUT /tenant` and `PUT /tenants/{tenant}`; what is left out is the default. */
export const TenantRequest = z.strictObject({
  /** As `GET /tenant` gives it. */
  schemaVersion: z.literal(1).optional(),
  /** That of the token, or of the path. */
  tenant: TenantSlug.optional(),
  limits: TenantLimits.prefault({}),
  /** What is taken out of free text before it is stored. */
  redaction: RedactionSettings.prefault({}),
  /** What continuations may cost that are started. */
  budget: TenantBudget.refine(
    ({ defaultCapUsd, maxCapUsd }) => maxCapUsd === null || defaultCapUsd <= maxCapUsd,
    { path: ['defaultCapUsd'], message: 'must be at most maxCapUsd' },
  ).prefault({}),
  /** The most sensitive goal that may be started. */
  maxSensitivity: Sensitivity.default('restricted'),
  /** Regions of deployments that may hold data of the tenant; empty for any. Said by admins alone. */
  residency: Residency,
  /** The Dapr state component that the tenant has for itself; said once, when it is created. */
  stateComponent: StateComponent.optional(),
});
export type TenantRequest = z.infer<typeof TenantRequest>;
export type TenantRequestInput = z.input<typeof TenantRequest>;

/** Body of `POST /tenants`. */
export const TenantCreation = TenantRequest.extend({ tenant: TenantSlug });
export type TenantCreation = z.infer<typeof TenantCreation>;
export type TenantCreationInput = z.input<typeof TenantCreation>;

/** What a tenant is allowed; where its rows are, unless with those of the installation; and who deleted it, if somebody did. */
export const TenantAnswer = TenantDocument.extend({
  stateComponent: StateComponent.optional(),
  deleted: TenantDeletion.optional(),
});
export type TenantAnswer = z.infer<typeof TenantAnswer>;

/** Keys that one request erases at most. */
export const MAX_ERASED_KEYS = 500;

/** Body of `POST /tenants/{tenant}/erasures`. */
export const ErasureRequest = z.strictObject({
  /** Keys of rows of the state store. */
  keys: z.array(z.string().min(1).max(1000)).min(1).max(MAX_ERASED_KEYS),
});
export type ErasureRequest = z.infer<typeof ErasureRequest>;

/** How much of it was there. */
export const ErasureAnswer = z.object({
  rows: z.int().min(0),
  /** Large values that the rows referred to. */
  blobs: z.int().min(0),
});
export type ErasureAnswer = z.infer<typeof ErasureAnswer>;
