import { systemClock } from '@maestro/actors';
import { DEV_ALGORITHM, DEV_AUDIENCE, DEV_ISSUER, ensureDevKey } from '@maestro/client/dev-token';
import { MaestroError, TenantSlug, type Clock, type Identity, type Principal } from '@maestro/core';
import { errors, jwtVerify, type CryptoKey } from 'jose';
import { z } from 'zod';
import { withDefaultRole } from './roles.ts';
import { VerifiedTokens } from './verified-tokens.ts';

/** What a dev token has to say. */
const DevClaims = z.object({
  sub: z.string().min(1).max(200),
  tenant: TenantSlug,
  roles: z.array(z.string().min(1).max(100)).max(50).default([]),
  name: z.string().min(1).max(200).optional(),
  exp: z.number(),
});

/** Options of {@link devIdentity}. */
export interface DevIdentityOptions {
  /** The issuer's key pair; made when it is not there. */
  readonly keyFile: string;
  /** Value of `MAESTRO_ENV`. */
  readonly environment: string;
  readonly clock?: Clock;
}

/**
 * Accepts the tokens of the local dev issuer: anybody who can read the key file can be anybody. A token without a role that
 * gives permissions is a researcher's.
 *
 * @throws MaestroError `config.invalid` unless the environment is `development`.
 */
export async function devIdentity(options: DevIdentityOptions): Promise<Identity> {
  if (options.environment !== 'development') {
    throw new MaestroError(
      'config.invalid',
      'MAESTRO_ENV: the local dev issuer is for development only; set it to development, or configure an identity provider',
    );
  }
  const { publicKey } = await ensureDevKey(options.keyFile).catch((error: unknown) => {
    throw new MaestroError('config.invalid', `MAESTRO_DEV_KEY_FILE: ${(error as Error).message}`, {
      cause: error,
    });
  });
  const clock = options.clock ?? systemClock;
  return new VerifiedTokens({ verify: (token) => verifyDevToken(token, publicKey, clock) }, clock);
}

async function verifyDevToken(
  token: string,
  publicKey: CryptoKey,
  clock: Clock,
): Promise<Principal> {
  const claims = DevClaims.safeParse(await verifiedPayload(token, publicKey, clock));
  if (!claims.success) {
    const names = [...new Set(claims.error.issues.map(({ path }) => String(path[0])))];
    throw new MaestroError('auth.invalid', `the token's claims do not fit: ${names.join(', ')}`);
  }
  const { sub, tenant, roles, name, exp } = claims.data;
  return {
    tenant,
    subject: sub,
    ...(name === undefined ? {} : { name }),
    roles: withDefaultRole(roles, 'researcher'),
    expiresAtMs: exp * 1000,
  };
}

async function verifiedPayload(
  token: string,
  publicKey: CryptoKey,
  clock: Clock,
): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, publicKey, {
      algorithms: [DEV_ALGORITHM],
      issuer: DEV_ISSUER,
      audience: DEV_AUDIENCE,
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(clock.nowMs()),
    });
    return payload;
  } catch (error) {
    // No cause: what jose throws may quote the token's claims.
    if (error instanceof errors.JWTExpired) {
      throw new MaestroError('auth.expired', 'the token has expired; get a new one');
    }
    throw new MaestroError(
      'auth.invalid',
      'the token was not issued for this API, or was changed; get a new one',
    );
  }
}
