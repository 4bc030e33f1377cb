import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What an issuer is asked for. */
export type IssuerRequest = 'discovery' | 'keys';

/** What differs from a good token. */
export interface TokenChange {
  /** Undefined takes a claim away. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /** The key of the issuer that signs. @default the latest */
  readonly kid?: string;
  /** Signs instead. */
  readonly key?: CryptoKey | Uint8Array;
}

interface IssuerKey {
  readonly algorithm: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

/** An issuer of tokens over HTTP, with discovery and keys that can be changed, and faults. */
export class TestIssuer {
  /** How often it was asked. */
  readonly asked: Record<IssuerRequest, number> = { discovery: 0, keys: 0 };
  /** Answers instead of the issuer. */
  fault: ((request: IssuerRequest, response: ServerResponse) => void) | undefined;
  /** Claims of a good token beside `iss`, `iat`, `nbf` and `exp`. */
  claims: Readonly<Record<string, unknown>> = {};
  nowMs: () => number = Date.now;

  readonly #path: string;
  readonly #keys = new Map<string, IssuerKey>();
  #server: Server | undefined;
  #port = 0;

  /** @param path what follows host and port in the issuer's name. */
  constructor(path = '') {
    this.#path = path;
  }

  /** `iss` of its tokens. */
  get issuer(): string {
    return `http://127.0.0.1:${this.#port}${this.#path}`;
  }

  /** Listens, on the port that it had before. */
  async start(): Promise<void> {
    if (this.#keys.size === 0) await this.addKey('first');
    this.#server = createServer((request, response) => this.#answer(request.url, response));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Stops; nobody answers then. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  async addKey(kid: string, algorithm = 'RS256'): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: algorithm };
    this.#keys.set(kid, { algorithm, privateKey, publicKey, jwk });
  }

  removeKey(kid: string): void {
    this.#keys.delete(kid);
  }

  keyOf(kid: string): IssuerKey {
    const key = this.#keys.get(kid);
    if (!key) throw new Error(`no key ${kid}`);
    return key;
  }

  /** A token, good but for what is changed. */
  async token({ claims, header, kid, key }: TokenChange = {}): Promise<string> {
    const signer = kid ?? [...this.#keys.keys()].at(-1) ?? '';
    const { algorithm, privateKey } = this.keyOf(signer);
    const nowS = Math.floor(this.nowMs() / 1000);
    const times = { iat: nowS, nbf: nowS, exp: nowS + 3600 };
    const payload = { iss: this.issuer, ...times, ...this.claims, ...claims };
    return new SignJWT(payload)
      .setProtectedHeader({ alg: algorithm, kid: signer, ...header })
      .sign(key ?? privateKey);
  }

  #answer(url: string | undefined, response: ServerResponse): void {
    const isDiscovery = url === `${this.#path.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const request = isDiscovery ? 'discovery' : 'keys';
    if (!isDiscovery && url !== '/keys') {
      response.writeHead(404).end();
      return;
    }
    this.asked[request]++;
    if (this.fault) {
      this.fault(request, response);
      return;
    }
    const jwks_uri = `http://127.0.0.1:${this.#port}/keys`;
    const keys = [...this.#keys.values()].map(({ jwk }) => jwk);
    const body = isDiscovery ? { issuer: this.issuer, jwks_uri } : { keys };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}
