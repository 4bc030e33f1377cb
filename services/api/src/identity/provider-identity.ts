import { MaestroError, type Clock, type Identity, type Principal } from '@maestro/core';
import { decodeJwt, errors, jwtVerify, type JWTHeaderParameters } from 'jose';
import type { Logger } from 'pino';
import type { Claims } from './claim-value.ts';
import { invalidClaim } from './invalid-token.ts';
import { IssuerKeys } from './issuer-keys.ts';
import type { ProviderConfig } from './provider-config.ts';
import { principalOf } from './token-principal.ts';
import { checkTokenUse } from './token-use.ts';

/** What an identity is made with. */
export interface IdentityParts {
  readonly clock: Clock;
  readonly log: Logger;
}

/** Checks tokens of identity providers. */
export class ProviderIdentity implements Identity {
  readonly #config: ProviderConfig;
  readonly #clock: Clock;
  readonly #keys: ReadonlyMap<string, IssuerKeys>;

  constructor(config: ProviderConfig, { clock, log }: IdentityParts) {
    this.#config = config;
    this.#clock = clock;
    this.#keys = new Map(
      config.issuers.map((issuer) => [
        issuer,
        new IssuerKeys({ issuer, clock, log, ...config.keys }),
      ]),
    );
  }

  async verify(token: string): Promise<Principal> {
    const issuer = issuerOf(token);
    const keys = this.#keys.get(issuer);
    if (!keys) throw invalidClaim('iss');
    const { header, claims } = await this.#check(token, issuer, keys);
    checkTokenUse({ type: typeOf(header), claims }, this.#config);
    if (this.#config.provider === 'entra') checkDirectory(claims, issuer);
    return principalOf(claims, issuer, this.#config);
  }

  /** How many of the issuers give no keys at the moment; asks them if that has to be. */
  async away(): Promise<number> {
    const ready = await Promise.all([...this.#keys.values()].map((keys) => keys.ready()));
    return ready.filter((isReady) => !isReady).length;
  }

  async #check(
    token: string,
    issuer: string,
    keys: IssuerKeys,
  ): Promise<{ readonly header: JWTHeaderParameters; readonly claims: Claims }> {
    const { algorithms, skewMs } = this.#config;
    const nowMs = this.#clock.nowMs();
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys.find, {
        algorithms: [...algorithms],
        issuer,
        requiredClaims: ['exp'],
        clockTolerance: skewMs / 1000,
        currentDate: new Date(nowMs),
      });
      if (payload.iat !== undefined && payload.iat * 1000 > nowMs + skewMs) {
        throw invalidClaim('iat');
      }
      return { header: protectedHeader, claims: payload };
    } catch (error) {
      throw refusalOf(error);
    }
  }
}

/** Whom a token says that it is from, to choose the keys: nothing of it is believed yet. */
function issuerOf(token: string): string {
  try {
    return decodeJwt(token).iss ?? '';
  } catch {
    throw new MaestroError('auth.invalid', 'the token is no signed JWT');
  }
}

/** The type in a header, which only has to be a text by its name. */
function typeOf(header: { readonly typ?: unknown }): string | undefined {
  const { typ } = header;
  if (typ === undefined) return undefined;
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : 'none';
}

/** Microsoft signs for all directories with the same keys: the directory is that of the issuer. */
function checkDirectory(claims: Claims, issuer: string): void {
  const [, directory] = new URL(issuer).pathname.split('/');
  if (claims['tid'] !== directory) throw invalidClaim('tid');
}

/** No cause: what jose throws may quote the token's claims. */
function refusalOf(error: unknown): MaestroError {
  if (error instanceof MaestroError) return error;
  if (error instanceof errors.JWTExpired) {
    return new MaestroError('auth.expired', 'the token has expired; get a new one');
  }
  if (error instanceof errors.JWTClaimValidationFailed) return invalidClaim(error.claim);
  return new MaestroError(
    'auth.invalid',
    'the token was not issued for this API, or was changed; get a new one',
  );
}
