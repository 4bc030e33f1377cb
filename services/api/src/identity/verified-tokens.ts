import { MaestroError, type Clock, type Identity, type Principal } from '@maestro/core';
import { createHash } from 'node:crypto';

const MAX_TOKENS = 1000;

interface Remembered {
  readonly principal: Principal;
  readonly untilMs: number;
}

/**
 * Remembers which tokens were verified, by their SHA-256 and until they expire, because a signature costs more than
 * everything else of a request. Only good tokens are remembered, the latest thousand.
 */
export class VerifiedTokens implements Identity {
  readonly #identity: Identity;
  readonly #clock: Clock;
  readonly #rememberMs: number;
  readonly #tokens = new Map<string, Remembered>();

  /** @param rememberMs how long at most, in ms; then a token is verified anew, and its key has to be there still. */
  constructor(identity: Identity, clock: Clock, rememberMs = Number.POSITIVE_INFINITY) {
    this.#identity = identity;
    this.#clock = clock;
    this.#rememberMs = rememberMs;
  }

  async verify(token: string): Promise<Principal> {
    const key = createHash('sha256').update(token).digest('base64');
    const known = this.#tokens.get(key);
    if (known) {
      const nowMs = this.#clock.nowMs();
      if (nowMs < known.untilMs) return known.principal;
      this.#tokens.delete(key);
      if (nowMs >= known.principal.expiresAtMs) {
        throw new MaestroError('auth.expired', 'the token has expired; get a new one');
      }
    }
    const principal = await this.#identity.verify(token);
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size >= MAX_TOKENS && oldest !== undefined) this.#tokens.delete(oldest);
    const untilMs = Math.min(principal.expiresAtMs, this.#clock.nowMs() + this.#rememberMs);
    this.#tokens.set(key, { principal, untilMs });
    return principal;
  }
}
