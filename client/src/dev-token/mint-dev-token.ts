import { SignJWT } from 'jose';
import { DEV_ALGORITHM, readDevKey } from './dev-key.ts';

/** `iss` of the dev issuer's tokens. */
export const DEV_ISSUER = 'maestro-dev';

/** `aud` of the dev issuer's tokens. */
export const DEV_AUDIENCE = 'maestro';

/** What a dev token says. */
export interface DevTokenOptions {
  /** The issuer's key, as the development API keeps it. */
  readonly keyFile: string;
  readonly tenant: string;
  readonly subject: string;
  /** Without one that gives permissions the token is a researcher's. @default none */
  readonly roles?: readonly string[];
  /** Display name. */
  readonly name?: string;
  /** Seconds until it ends. @default 43200 (12 h) */
  readonly ttlSeconds?: number;
}

/**
 * Makes a token that a development API accepts.
 *
 * @throws Error when the key file is not there or holds no key.
 */
export async function mintDevToken(options: DevTokenOptions): Promise<string> {
  const { kid, privateKey } = await readDevKey(options.keyFile);
  const nowS = Math.floor(Date.now() / 1000);
  return new SignJWT({
    tenant: options.tenant,
    roles: [...(options.roles ?? [])],
    ...(options.name === undefined ? {} : { name: options.name }),
  })
    .setProtectedHeader({ alg: DEV_ALGORITHM, kid, typ: 'JWT' })
    .setIssuer(DEV_ISSUER)
    .setAudience(DEV_AUDIENCE)
    .setSubject(options.subject)
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + (options.ttlSeconds ?? 43_200))
    .sign(privateKey);
}
