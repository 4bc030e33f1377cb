import type { KeyTimes } from './issuer-keys.ts';
import type { Role } from './roles.ts';

/** Kinds of identity providers that are known. */
export const PROVIDERS = ['entra', 'cognito', 'oidc'] as const;

/** One of {@link PROVIDERS}. */
export type Provider = (typeof PROVIDERS)[number];

/** Which tokens of a provider are taken. */
export type TokenUse = 'access' | 'id';

/** Which claims say what. A name that begins with a slash is a JSON pointer. */
export interface ClaimNames {
  readonly tenant: string;
  /** Says the tenant of tokens without a user; counts through the tenant map alone unless it is `tenant`. */
  readonly serviceTenant: string;
  readonly subject: string;
  /** Names of roles, as they are or as the role map has them. */
  readonly roles: readonly string[];
  /** Names of groups, which are roles only as the role map has them. */
  readonly groups: readonly string[];
}

/** How tokens of identity providers are checked. */
export interface ProviderConfig {
  readonly provider: Provider;
  /** Exactly as tokens have them in `iss`. */
  readonly issuers: readonly string[];
  /** Of which a token has to be for one. */
  readonly audiences: readonly string[];
  readonly tokenUse: TokenUse;
  readonly algorithms: readonly string[];
  /** How far clocks may differ, in ms. */
  readonly skewMs: number;
  readonly keys: KeyTimes;
  readonly claims: ClaimNames;
  /** A claim and the value that only tokens without a user have; beside what the provider's tokens tell themselves. */
  readonly serviceMark: { readonly claim: string; readonly value: string } | undefined;
  /** From the tenant claim's value to the tenant; undefined: the value is the tenant. */
  readonly tenantMap: ReadonlyMap<string, string> | undefined;
  /** The tenants that each issuer may speak for; undefined: there is one issuer, for all, or each says its own. */
  readonly issuerTenants: ReadonlyMap<string, readonly string[]> | undefined;
  readonly roleMap: ReadonlyMap<string, readonly string[]>;
  /** What users are whose token has no role that gives permissions. */
  readonly defaultRole: Role | undefined;
}

/** Who may call the API: users of a provider, or in development whoever can read the dev issuer's key. */
export type IdentityConfig = { readonly provider: 'dev' } | ProviderConfig;
