import { jsonOrUndefined, TenantSlug } from '@maestro/core';
import { z } from 'zod';
import { PROVIDERS } from './provider-config.ts';
import { isIssuer } from './provider-address.ts';
import { ALGORITHMS } from './provider-presets.ts';
import { ROLES } from './roles.ts';

const HOUR_MS = 3_600_000;

/** A variable that is empty is not set. */
const text = z
  .string()
  .optional()
  .transform((value) => (value === '' ? undefined : value));

const list = text.transform((value) =>
  value
    ?.split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

/** Names of claims, or `none`. */
const claimList = list.transform((names) => (names?.join() === 'none' ? [] : names));

const oneOf = <const T extends readonly string[]>(values: T) =>
  text.pipe(z.enum(values, `must be one of ${values.join(', ')}`).optional());

const milliseconds = (least: number, most: number, preset: number) => {
  const message = `must be ${least} to ${most}, in ms`;
  return text
    .transform((value) => (value === undefined ? preset : Number(value)))
    .pipe(z.number(message).int(message).min(least, message).max(most, message));
};

/** A JSON object whose values are of a kind. */
const jsonMap = <T extends z.ZodType>(value: T, example: string) =>
  text
    .transform((json) => (json === undefined ? undefined : (jsonOrUndefined(json) ?? null)))
    .pipe(
      z
        .record(z.string().min(1), value, `must be a JSON object such as ${example}`)
        .transform((map) => new Map(Object.entries(map)))
        .optional(),
    );

const RoleName = z.string().min(1).max(100);

/** The variables about who may call; which are needed depends on `MAESTRO_IDENTITY`. */
export const IdentityEnvironment = z.object({
  MAESTRO_IDENTITY: oneOf([...PROVIDERS, 'dev']),
  MAESTRO_IDENTITY_ISSUER: list.pipe(
    z
      .array(
        z
          .string()
          .refine(isIssuer, 'must be https addresses, separated by commas, without a query'),
      )
      .optional(),
  ),
  MAESTRO_IDENTITY_AUDIENCE: list,
  MAESTRO_IDENTITY_TOKEN_USE: oneOf(['access', 'id']),
  MAESTRO_IDENTITY_ALGORITHMS: list.pipe(
    z
      .array(z.enum(ALGORITHMS, `must be among ${ALGORITHMS.join(', ')}`))
      .min(1)
      .optional(),
  ),
  MAESTRO_IDENTITY_SKEW_MS: milliseconds(0, 300_000, 60_000),
  MAESTRO_IDENTITY_KEYS_MAX_AGE_MS: milliseconds(1_000, 24 * HOUR_MS, 600_000),
  MAESTRO_IDENTITY_KEYS_GRACE_MS: milliseconds(0, 7 * 24 * HOUR_MS, HOUR_MS),
  MAESTRO_IDENTITY_KEYS_COOL_DOWN_MS: milliseconds(100, 600_000, 30_000),
  MAESTRO_IDENTITY_TIMEOUT_MS: milliseconds(100, 60_000, 5_000),
  MAESTRO_IDENTITY_TENANT_CLAIM: text,
  MAESTRO_IDENTITY_TENANT_MAP: jsonMap(TenantSlug, '{"<claim value>": "acme"}'),
  MAESTRO_IDENTITY_ISSUER_TENANTS: jsonMap(
    z.union([TenantSlug.transform((slug) => [slug]), z.array(TenantSlug).min(1)]),
    '{"<issuer>": ["acme"]}',
  ),
  MAESTRO_IDENTITY_SUBJECT_CLAIM: text,
  MAESTRO_IDENTITY_ROLE_CLAIMS: claimList,
  MAESTRO_IDENTITY_GROUP_CLAIMS: claimList,
  MAESTRO_IDENTITY_ROLE_MAP: jsonMap(
    z.union([RoleName.transform((role) => [role]), z.array(RoleName).max(20)]),
    '{"<claim value>": "operator"}',
  ),
  MAESTRO_IDENTITY_DEFAULT_ROLE: oneOf(ROLES),
  MAESTRO_IDENTITY_SERVICE_CLAIM: text.pipe(
    z
      .string()
      .regex(/^[^=]+=.+$/, 'must be claim=value')
      .optional(),
  ),
  MAESTRO_IDENTITY_SERVICE_TENANT_CLAIM: text,
});
