import { claimTexts, type Claims } from './claim-value.ts';
import { invalidClaim, invalidUse } from './invalid-token.ts';
import type { Provider, ProviderConfig, TokenUse } from './provider-config.ts';

/** A token whose signature, issuer and times are good. */
export interface CheckedToken {
  /** `typ` of its header, in small letters and without `application/`. */
  readonly type: string | undefined;
  readonly claims: Claims;
}

/** Claims that OpenID Connect has in id tokens alone. */
const ID_TOKEN_CLAIMS = ['nonce', 'at_hash', 'c_hash', 's_hash'];

/**
 * Checks that a token is for this API and of the kind that it takes.
 *
 * @throws MaestroError `auth.invalid`.
 */
export function checkTokenUse(token: CheckedToken, config: ProviderConfig): void {
  const { claims, type } = token;
  const { provider, tokenUse } = config;
  const types = tokenUse === 'access' ? [undefined, 'jwt', 'at+jwt'] : [undefined, 'jwt'];
  if (!types.includes(type)) throw invalidUse('of another kind');
  // Who takes it without the key that it is bound to takes it from whoever has stolen it.
  if (has(claims, 'cnf')) throw invalidUse('bound to a key, which this API cannot check');
  if (!USES[provider](token, tokenUse)) throw invalidUse(`no ${tokenUse} token`);
  checkAudience(claims, config);
}

/** Whether a token was given to an application itself, without a user. */
export function isServiceToken(claims: Claims, { provider, serviceMark }: ProviderConfig): boolean {
  if (serviceMark && claimTexts(claims, serviceMark.claim)?.includes(serviceMark.value))
    return true;
  const { sub } = claims;
  switch (provider) {
    case 'entra':
      if (has(claims, 'idtyp')) return claims['idtyp'] === 'app';
      return !has(claims, 'scp') && typeof sub === 'string' && claims['oid'] === sub;
    case 'cognito':
      return !has(claims, 'username') && isClient(claims);
    case 'oidc':
      // Where users choose what they are called, one could be called like a client.
      return !['auth_time', 'sid', 'amr'].some((name) => has(claims, name)) && isClient(claims);
  }
}

const USES: Readonly<Record<Provider, (token: CheckedToken, use: TokenUse) => boolean>> = {
  entra: ({ claims }, use) => {
    if (claims['ver'] !== '2.0') throw invalidClaim('ver');
    // Both may be for the same application; who asked, and for what, only access tokens say.
    return use === 'access' ? has(claims, 'azp') : !has(claims, 'azp') && !has(claims, 'scp');
  },
  cognito: ({ claims }, use) => claims['token_use'] === use,
  oidc: ({ claims, type }, use) => {
    // A logout token.
    if (has(claims, 'events')) return false;
    return use === 'access'
      ? type === 'at+jwt' || isAccessToken(claims)
      : !isAccessToken(claims) && claims['token_use'] !== 'access';
  },
};

/** Whether a token is an access token, of a provider that does not say so by RFC 9068. */
function isAccessToken(claims: Claims): boolean {
  if (ID_TOKEN_CLAIMS.some((name) => has(claims, name))) return false;
  const { typ, token_use: use } = claims;
  if (typ === 'ID' || use === 'id') return false;
  return (
    typ === 'Bearer' ||
    use === 'access' ||
    ['scope', 'scp', 'client_id'].some((name) => has(claims, name))
  );
}

function checkAudience(claims: Claims, { provider, audiences, tokenUse }: ProviderConfig): void {
  // Access tokens of Cognito only name the client, unless they are bound to a resource.
  const name =
    provider === 'cognito' && tokenUse === 'access' && !has(claims, 'aud') ? 'client_id' : 'aud';
  const named = claimTexts(claims, name);
  if (!named?.some((audience) => audiences.includes(audience))) throw invalidClaim(name);
  if (tokenUse === 'id' && has(claims, 'azp') && !audiences.includes(claims['azp'] as string)) {
    throw invalidClaim('azp');
  }
}

function isClient({ sub, client_id: client, azp }: Claims): boolean {
  return typeof sub === 'string' && (sub === client || sub === azp);
}

function has(claims: Claims, name: string): boolean {
  return Object.hasOwn(claims, name);
}
