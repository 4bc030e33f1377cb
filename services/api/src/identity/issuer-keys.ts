import type { Clock } from '@maestro/core';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Logger } from 'pino';
import { z } from 'zod';
import { fetchJson, unavailable } from './fetch-json.ts';
import { mayHaveKeysAt } from './provider-address.ts';

/** Pause between two tries as long as there are no keys at all, in ms. */
const FIRST_COOL_DOWN_MS = 1_000;

const Discovery = z.looseObject({ issuer: z.string(), jwks_uri: z.string() });

const KeySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** How keys are kept. */
export interface KeyTimes {
  /** How old keys may be before they are fetched anew, in ms. */
  readonly maxAgeMs: number;
  /** How long known keys stay good beyond that while the provider is away, in ms. */
  readonly graceMs: number;
  /** Pause between two fetches, in ms, whatever tokens ask for. */
  readonly coolDownMs: number;
  /** How long one request to the provider may take, in ms. */
  readonly timeoutMs: number;
}

/** Options of {@link IssuerKeys}. */
export interface IssuerKeysOptions extends KeyTimes {
  readonly issuer: string;
  readonly clock: Clock;
  readonly log: Logger;
}

interface KnownKeys {
  readonly find: JWTVerifyGetKey;
  readonly fetchedAtMs: number;
}

/**
 * The public keys of one issuer, found by OpenID Connect discovery. Fetched when they are first needed, when they are old and
 * when a token names one that is not among them. While the provider is away known keys stay good for a while; after that,
 * and where there never were any, tokens cannot be checked. What a token's header says about where its key is does not count.
 */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions;
  #known: KnownKeys | undefined;
  #triedAtMs: number | undefined;
  #failed = false;
  #loading: Promise<void> | undefined;

  constructor(options: IssuerKeysOptions) {
    this.#options = options;
  }

  /**
   * The key that a token's header names.
   *
   * @throws MaestroError `auth.unavailable` when it cannot be known; an error of jose when there is none.
   */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const known = await this.#current();
    try {
      return await known.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#refresh();
      if (this.#known && this.#known !== known) return this.#known.find(header, token);
      // Whether there is such a key only the provider knows.
      if (this.#failed) throw this.#unavailable();
      throw error;
    }
  };

  /** Whether tokens can be checked; fetches the keys if they have to be, and waits for that only where there are none. */
  async ready(): Promise<boolean> {
    const { maxAgeMs } = this.#options;
    const isFresh = this.#known && this.#isWithin(maxAgeMs, this.#known.fetchedAtMs);
    const refreshed = isFresh ? undefined : this.#refresh();
    if (!this.#usable()) await refreshed;
    return this.#usable() !== undefined;
  }

  async #current(): Promise<KnownKeys> {
    const { maxAgeMs } = this.#options;
    if (this.#known && this.#isWithin(maxAgeMs, this.#known.fetchedAtMs)) return this.#known;
    await this.#refresh();
    const usable = this.#usable();
    if (!usable) throw this.#unavailable();
    return usable;
  }

  /** Keys that are fresh, or within the grace period. */
  #usable(): KnownKeys | undefined {
    const { maxAgeMs, graceMs } = this.#options;
    return this.#known && this.#isWithin(maxAgeMs + graceMs, this.#known.fetchedAtMs)
      ? this.#known
      : undefined;
  }

  /** Fetches the keys, unless that was just tried. Whoever asks meanwhile waits for the same fetch. */
  async #refresh(): Promise<void> {
    const { coolDownMs, clock } = this.#options;
    if (!this.#loading) {
      const pauseMs = this.#known ? coolDownMs : Math.min(coolDownMs, FIRST_COOL_DOWN_MS);
      if (this.#triedAtMs !== undefined && this.#isWithin(pauseMs, this.#triedAtMs)) return;
      this.#triedAtMs = clock.nowMs();
      this.#loading = this.#load().finally(() => {
        this.#loading = undefined;
      });
    }
    await this.#loading;
  }

  async #load(): Promise<void> {
    const { issuer, clock, log, timeoutMs } = this.#options;
    const fetchedAtMs = clock.nowMs();
    try {
      this.#known = { find: createLocalJWKSet(await fetchKeys(issuer, timeoutMs)), fetchedAtMs };
      if (this.#failed) log.info({ issuer }, 'the identity provider answers again');
      this.#failed = false;
    } catch (error) {
      this.#failed = true;
      log.warn({ issuer, err: error }, 'the keys of the identity provider cannot be fetched');
    }
  }

  /** A clock that was put back makes everything old. */
  #isWithin(spanMs: number, sinceMs: number): boolean {
    const ageMs = this.#options.clock.nowMs() - sinceMs;
    return ageMs >= 0 && ageMs < spanMs;
  }

  #unavailable(): Error {
    return unavailable(this.#options.issuer, 'does not give its keys');
  }
}

async function fetchKeys(issuer: string, timeoutMs: number): Promise<JSONWebKeySet> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const discovery = Discovery.safeParse(await fetchJson(address, timeoutMs));
  if (!discovery.success) throw unavailable(address, 'is no discovery document');
  const { issuer: named, jwks_uri: keysAt } = discovery.data;
  if (named !== issuer) throw unavailable(address, 'is of another issuer');
  if (!mayHaveKeysAt(issuer, keysAt))
    throw unavailable(address, 'has its keys where they may not be');
  const keys = KeySet.safeParse(await fetchJson(keysAt, timeoutMs));
  if (!keys.success) throw unavailable(keysAt, 'is no key set');
  return keys.data;
}
