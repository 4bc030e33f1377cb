import { MaestroError } from '@maestro/core';

/** That a token is not good, by the name of the claim that does not fit; what it holds is never said. */
export function invalidClaim(name: string): MaestroError {
  return new MaestroError('auth.invalid', `the token's claim '${name}' does not fit this API`);
}

/** That a token is not of the kind that is taken. */
export function invalidUse(what: string): MaestroError {
  return new MaestroError('auth.invalid', `the token is ${what}`);
}
