import { systemClock, type ReadinessCheck } from '@maestro/actors';
import type { Clock, Identity } from '@maestro/core';
import { pino, type Logger } from 'pino';
import { devIdentity } from './dev-identity.ts';
import type { IdentityConfig } from './provider-config.ts';
import { ProviderIdentity } from './provider-identity.ts';
import { VerifiedTokens } from './verified-tokens.ts';

/** Options of {@link openIdentity}. */
export interface OpenIdentityOptions {
  readonly identity: IdentityConfig;
  /** The dev issuer's key pair. */
  readonly devKeyFile: string;
  /** Value of `MAESTRO_ENV`. */
  readonly environment: string;
  readonly log?: Logger;
  readonly clock?: Clock;
}

/** Who may call the API, and whether that can be told at the moment. */
export interface OpenIdentity {
  readonly identity: Identity;
  /** What `/readyz` has to say of it. */
  readonly ready: () => Promise<readonly ReadinessCheck[]>;
}

/**
 * Makes what the configuration asks for. An identity provider is asked for its keys in the background: one that does not
 * answer keeps nobody from starting.
 *
 * @throws MaestroError `config.invalid` for the dev issuer outside of development.
 */
export async function openIdentity(options: OpenIdentityOptions): Promise<OpenIdentity> {
  const { identity: config, devKeyFile, environment, clock = systemClock } = options;
  if (config.provider === 'dev') {
    const identity = await devIdentity({ keyFile: devKeyFile, environment, clock });
    return { identity, ready: async () => [] };
  }
  const log = options.log ?? pino({ level: 'silent' });
  const provider = new ProviderIdentity(config, { clock, log });
  void provider.away();
  return {
    // A key that its issuer takes back ends what it has signed, however long that was to be good.
    identity: new VerifiedTokens(provider, clock, config.keys.maxAgeMs),
    ready: async () => {
      const away = await provider.away();
      const all = config.issuers.length;
      // One that is away must not take the API from the tenants of the others.
      if (away < all) return [{ name: 'identity', ok: true }];
      return [{ name: 'identity', ok: false, message: 'the identity provider gives no keys' }];
    },
  };
}
