import { ChangeFeedStartFrom, StatusCodes, type Container } from '@azure/cosmos';
import type { ChangeFeed, Checkpoints } from './change-feed.ts';
import { logEndOf } from './log-end.ts';
import type { LogEnd } from '../reader/event-reader.ts';

const PAGE = 100;

/**
 * The change feed of a Cosmos DB container (latest version mode): a head that was written several times since the last
 * poll may come once, as it is now. The SDK takes the ranges of the container in turn.
 */
export class CosmosChangeFeed implements ChangeFeed {
  readonly #container: Container;
  readonly #checkpoints: Checkpoints;
  readonly #name: string;

  constructor(container: Container, checkpoints: Checkpoints, name = 'cosmos-change-feed') {
    this.#container = container;
    this.#checkpoints = checkpoints;
    this.#name = name;
  }

  async poll(take: (end: LogEnd) => Promise<void>, signal?: AbortSignal): Promise<number> {
    const since = await this.#checkpoints.load(this.#name);
    const iterator = this.#container.items.getChangeFeedIterator<Record<string, unknown>>({
      maxItemCount: PAGE,
      changeFeedStartFrom:
        since === undefined
          ? ChangeFeedStartFrom.Beginning()
          : ChangeFeedStartFrom.Continuation(since),
    });
    let found = 0;
    while (iterator.hasMoreResults) {
      if (signal?.aborted) break;
      const page = await iterator.readNext();
      if (page.statusCode === StatusCodes.NotModified) break;
      for (const item of page.result ?? []) {
        const end = logEndOf(item['id'], item['value']);
        if (!end) continue;
        await take(end);
        found++;
      }
      await this.#checkpoints.save(this.#name, page.continuationToken);
    }
    return found;
  }
}
