import type { ClaimNames, Provider } from './provider-config.ts';

/** What may sign tokens: nothing where who can check a token could also make one. */
export const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

/** What a provider's tokens are like unless the environment says otherwise. */
export interface ProviderPreset {
  readonly algorithms: readonly (typeof ALGORITHMS)[number][];
  readonly claims: Omit<ClaimNames, 'serviceTenant'> & { readonly serviceTenant?: string };
}

/** The presets. */
export const PRESETS: Readonly<Record<Provider, ProviderPreset>> = {
  entra: {
    algorithms: ['RS256'],
    // `sub` differs from application to application, `oid` does not.
    claims: { tenant: 'tid', subject: 'oid', roles: ['roles'], groups: ['groups'] },
  },
  cognito: {
    algorithms: ['RS256'],
    claims: {
      tenant: 'custom:tenant',
      // Tokens without a user have nothing else that tells whose they are.
      serviceTenant: 'client_id',
      subject: 'sub',
      roles: ['cognito:groups'],
      groups: [],
    },
  },
  oidc: {
    algorithms: ['RS256', 'PS256', 'ES256'],
    claims: { tenant: 'tenant', subject: 'sub', roles: ['roles'], groups: ['groups'] },
  },
};
