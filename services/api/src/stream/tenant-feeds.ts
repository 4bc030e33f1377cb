import type { StreamBus } from '@maestro/core';
import { onCommits } from './commit-message.ts';
import { TenantFeed } from './tenant-feed.ts';

/** Tenants whose feeds are kept although nobody listens, so that whoever lost a connection can go on. */
const MAX_UNHEARD = 100;

/** A feed for each tenant that somebody has listened to. */
export class TenantFeeds {
  readonly #feeds = new Map<string, TenantFeed>();

  /** Takes in the commits that a bus tells of until the signal aborts. */
  follow(bus: StreamBus, until: AbortSignal): void {
    onCommits(bus, until, (commit) => this.#feeds.get(commit.tenant)?.add(commit));
  }

  /** The feed of a tenant; it begins when it is first asked for. */
  of(tenant: string): TenantFeed {
    const feed = this.#feeds.get(tenant) ?? new TenantFeed();
    // The last one in the map is the one that was asked for last.
    this.#feeds.delete(tenant);
    this.#feeds.set(tenant, feed);
    const unheard = [...this.#feeds].filter(([name, { heard }]) => name !== tenant && !heard);
    for (const [name] of unheard.slice(0, -MAX_UNHEARD)) this.#feeds.delete(name);
    return feed;
  }
}
