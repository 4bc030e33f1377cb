import { exportJWK, generateKeyPair } from 'jose';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** What tokens of the provider are for. */
export const AUDIENCE = 'urn:maestro:api';

const REDIRECT = 'http://127.0.0.1/callback';
const SERVICE = { id: 'pipeline', secret: 'pipeline-secret-of-this-test' };

/** Somebody who can sign in. */
export interface Account {
  readonly tenant: string;
  readonly roles: readonly string[];
}

/** What signing in gives. */
export interface SignedIn {
  readonly accessToken: string;
  readonly idToken: string;
}

/** An OpenID provider over HTTP. */
export interface OpenidProvider {
  readonly issuer: string;
  /** Goes through the authorization code flow with PKCE, as a browser and a public client would. */
  signIn(login: string): Promise<SignedIn>;
  /** A token of an application itself, of the tenant acme. */
  serviceToken(): Promise<string>;
  close(): Promise<void>;
}

/** Starts one, with accounts by their login. */
export async function startOpenidProvider(
  accounts: Readonly<Record<string, Account>>,
): Promise<OpenidProvider> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const provider = new Provider(issuer, {
    jwks: {
      keys: [{ ...(await exportJWK(privateKey)), kid: 'provider', alg: 'ES256', use: 'sig' }],
    },
    ttl: {
      AccessToken: 600,
      ClientCredentials: 600,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      Session: 600,
    },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    clients: [
      {
        client_id: 'notebook',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: [REDIRECT],
        id_token_signed_response_alg: 'ES256',
      },
      {
        client_id: SERVICE.id,
        client_secret: SERVICE.secret,
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials'],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    findAccount: (_context, id) =>
      accounts[id] ? { accountId: id, claims: () => ({ sub: id }) } : undefined,
    extraTokenClaims: (_context, token) => {
      const account = 'accountId' in token ? accounts[token.accountId] : undefined;
      return account ? { ...account } : { tenant: 'acme' };
    },
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'maestro',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  });
  const handle = provider.callback();
  server.on('request', (request, response) => {
    void handle(request, response);
  });
  return {
    issuer,
    signIn: (login) => signIn(issuer, login),
    serviceToken: async () => {
      const body = { grant_type: 'client_credentials', scope: 'maestro', resource: AUDIENCE };
      const basic = Buffer.from(`${SERVICE.id}:${SERVICE.secret}`).toString('base64');
      const answer = await tokenOf(issuer, body, { authorization: `Basic ${basic}` });
      return answer.access_token;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function signIn(issuer: string, login: string): Promise<SignedIn> {
  const verifier = randomBytes(32).toString('base64url');
  const [state, nonce] = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')];
  const query = new URLSearchParams({
    client_id: 'notebook',
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: 'openid maestro',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state,
    nonce,
  });
  const browser = new Browser();
  let answer = await browser.go(`${issuer}/auth?${query.toString()}`);
  // The provider's own pages: who one is, then whether the client may.
  for (const form of [{ prompt: 'login', login, password: 'any' }, { prompt: 'consent' }]) {
    if (answer.url.startsWith(REDIRECT)) break;
    answer = await browser.go(answer.url, form);
  }
  const callback = new URL(answer.url).searchParams;
  if (callback.get('state') !== state) throw new Error(`not signed in: ${answer.text}`);
  const tokens = await tokenOf(issuer, {
    grant_type: 'authorization_code',
    client_id: 'notebook',
    redirect_uri: REDIRECT,
    code: callback.get('code') ?? '',
    code_verifier: verifier,
  });
  return { accessToken: tokens.access_token, idToken: tokens.id_token };
}

async function tokenOf(
  issuer: string,
  body: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly access_token: string; readonly id_token: string }> {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(body),
  });
  if (answer.status !== 200) throw new Error(`no token: ${await answer.text()}`);
  return (await answer.json()) as { access_token: string; id_token: string };
}

/** Keeps cookies, and follows redirects as far as the client's own address. */
class Browser {
  readonly #cookies = new Map<string, string>();

  async go(
    address: string,
    form?: Readonly<Record<string, string>>,
  ): Promise<{ readonly url: string; readonly text: string }> {
    let [url, body] = [address, form];
    while (!url.startsWith(REDIRECT)) {
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { cookie: [...this.#cookies].map((pair) => pair.join('=')).join('; ') },
        ...(body ? { method: 'POST', body: new URLSearchParams(body) } : {}),
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        if (value === '') this.#cookies.delete(name);
        else this.#cookies.set(name, value);
      }
      const text = await response.text();
      const location = response.headers.get('location');
      if (location === null) return { url, text };
      [url, body] = [new URL(location, url).href, undefined];
    }
    return { url, text: '' };
  }
}
