import { ChangeFeedStartFrom, StatusCodes, type Container } from '@azure/cosmos';
import { logRowOf } from './log-row.ts';
import type { ChangeFeed, Checkpoints } from './change-feed.ts';
import type { EventRows } from '../reader/event-reader.ts';

const PAGE = 100;

/**
 * The change feed of a Cosmos DB container (latest version mode). Items of one logical partition, and so of one
 * continuation, come in the order they were written; log entries are never written again, so none is passed over.
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

  async poll(take: (rows: EventRows) => Promise<void>, signal?: AbortSignal): Promise<number> {
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
        const rows = logRowOf(item['id'], item['value']);
        if (!rows) continue;
        await take(rows);
        found++;
      }
      await this.#checkpoints.save(this.#name, page.continuationToken);
    }
    return found;
  }
}
