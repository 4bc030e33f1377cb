import {
  defaultTenantDocument,
  MaestroError,
  type Clock,
  type TenantDirectory,
} from '@maestro/core';

/** Tenants that are remembered at most; one that is forgotten begins with a full bucket. */
const MAX_REMEMBERED = 10_000;

/** Seconds of requests that may come at once. */
const BURST_SECONDS = 2;

interface Bucket {
  tokens: number;
  atMs: number;
}

/**
 * Lets each tenant send so many requests a second to this process, and twice as many at once: a token bucket for each.
 * How many its document says, `limits.requestsPerSecond`.
 */
export class RateLimit {
  readonly #tenants: Pick<TenantDirectory, 'document'>;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(tenants: Pick<TenantDirectory, 'document'>, clock: Clock) {
    this.#tenants = tenants;
    this.#clock = clock;
  }

  /** Takes a request in. @throws MaestroError `rate.limited`, retryable, when there were too many. */
  async take(tenant: string): Promise<void> {
    const perSecond = await this.#perSecond(tenant);
    const nowMs = this.#clock.nowMs();
    const most = perSecond * BURST_SECONDS;
    const { tokens, atMs } = this.#buckets.get(tenant) ?? { tokens: most, atMs: nowMs };
    // A clock that is put back gives nothing.
    const filled = Math.min(most, tokens + (Math.max(0, nowMs - atMs) * perSecond) / 1000);
    if (filled < 1) {
      throw new MaestroError(
        'rate.limited',
        `the tenant may send ${perSecond} requests a second; send it again later`,
      );
    }
    this.#remember(tenant, { tokens: filled - 1, atMs: nowMs });
  }

  /** A document that cannot be read lets in what is allowed by default. */
  async #perSecond(tenant: string): Promise<number> {
    const { limits } = await this.#tenants
      .document(tenant)
      .catch(() => defaultTenantDocument(tenant));
    return limits.requestsPerSecond;
  }

  #remember(tenant: string, bucket: Bucket): void {
    this.#buckets.delete(tenant);
    this.#buckets.set(tenant, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MAX_REMEMBERED && oldest !== undefined) this.#buckets.delete(oldest);
  }
}
