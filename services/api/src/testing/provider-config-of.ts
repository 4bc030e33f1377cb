import { readApiConfig } from '../api-config.ts';
import type { ProviderConfig } from '../identity/provider-config.ts';

/** What the API would be told by these variables, each without `MAESTRO_IDENTITY_`; `PROVIDER` is `MAESTRO_IDENTITY`. */
export function providerConfigOf(variables: Readonly<Record<string, string>>): ProviderConfig {
  const environment = Object.entries(variables).map(([name, value]) => [
    name === 'PROVIDER' ? 'MAESTRO_IDENTITY' : `MAESTRO_IDENTITY_${name}`,
    value,
  ]);
  const { identity } = readApiConfig({
    MAESTRO_ACTOR_KEY: 'k'.repeat(32),
    DAPR_HTTP_PORT: '3500',
    APP_PORT: '3000',
    MAESTRO_TENANTS: 'open',
    ...(Object.fromEntries(environment) as Record<string, string>),
  });
  if (identity.provider === 'dev') throw new TypeError('that is the dev issuer');
  return identity;
}
