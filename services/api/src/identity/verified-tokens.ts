import { MaestroError, type Clock, type Identity, type Principal } from '@maestro/core';
import { createHash } from 'node:crypto';

const MAX_TOKENS = 1000;

/**
 * Remembers which tokens were verified, by their SHA-256 and until they expire, because a signature costs more than
 * everything else of a request. Only good tokens are remembered, the latest thousand.
 */
export class VerifiedTokens implements Identity {
  readonly #identity: Identity;
  readonly #clock: Clock;
  readonly #principals = new Map<string, Principal>();

  constructor(identity: Identity, clock: Clock) {
    this.#identity = identity;
    this.#clock = clock;
  }

  async verify(token: string): Promise<Principal> {
    const key = createHash('sha256').update(token).digest('base64');
    const known = this.#principals.get(key);
    if (known) {
      if (this.#clock.nowMs() < known.expiresAtMs) return known;
      this.#principals.delete(key);
      throw new MaestroError('auth.expired', 'the token has expired; get a new one');
    }
    const principal = await this.#identity.verify(token);
    const [oldest] = this.#principals.keys();
    if (this.#principals.size >= MAX_TOKENS && oldest !== undefined) {
      this.#principals.delete(oldest);
    }
    this.#principals.set(key, principal);
    return principal;
  }
}
