import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  TrimmedDataAccessException,
  type AttributeValue,
  type DynamoDBStreamsClient,
  type GetRecordsOutput,
} from '@aws-sdk/client-dynamodb-streams';
import type { LogEnd } from '../reader/event-reader.ts';
import type { ChangeFeed, Checkpoints } from './change-feed.ts';
import { latestShards } from './dynamodb-shards.ts';
import { logEndOf } from './log-end.ts';

/** Records of a page, the most that the service gives. */
const PAGE = 1000;
/** Rounds over the shards in one poll; then they are listed anew, however much there is to read. */
const ROUNDS = 100;
/** What a shard's checkpoint says once everything in it has been read. */
const FINISHED = 'finished';

/** What a feed needs to read the stream of a table. */
export interface DynamoDbStreamFeedOptions {
  /** Knows which stream of the table is the latest. */
  readonly tables: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  readonly table: string;
  /** One value for each shard, under `{table}/{shard id}`. */
  readonly checkpoints: Checkpoints;
}

/** A shard as far as it has been read. */
interface OpenShard {
  readonly arn: string;
  readonly parent: string | undefined;
  /** Nothing more is written to it. */
  closed: boolean;
  /** Everything in it has been read. */
  finished: boolean;
  /** Where its next page begins; undefined until the service was asked. */
  iterator: string | undefined;
}

/**
 * The stream of a DynamoDB table (new images). Shards are read in turn, a page of each, and a shard after its parent.
 * Pages may be empty although records follow, so the place in a shard is kept between polls. The service keeps 24 hours:
 * whoever comes later finds `gaps`.
 */
export class DynamoDbStreamFeed implements ChangeFeed {
  readonly #options: DynamoDbStreamFeedOptions;
  readonly #shards = new Map<string, OpenShard>();
  #gaps = 0;

  constructor(options: DynamoDbStreamFeedOptions) {
    this.#options = options;
  }

  /**
   * How often a part of the stream was gone before this feed had read it. What was in it is found by the next event of
   * each continuation, or not at all: a reason to compare heads.
   */
  get gaps(): number {
    return this.#gaps;
  }

  /** @throws MaestroError `component.unsupported` when the table has no stream of new images. */
  async poll(take: (end: LogEnd) => Promise<void>, signal?: AbortSignal): Promise<number> {
    await this.#listShards();
    let found = 0;
    for (let round = 0, more = true; more && round < ROUNDS; round++) {
      more = false;
      const failures: unknown[] = [];
      for (const [id, shard] of this.#readable()) {
        if (signal?.aborted) return found;
        try {
          const page = await this.#readPage(id, shard, take);
          found += page.found;
          more ||= page.more;
        } catch (error) {
          // What one shard holds up must not hold up the others.
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    }
    return found;
  }

  async #readPage(
    id: string,
    shard: OpenShard,
    take: (end: LogEnd) => Promise<void>,
  ): Promise<{ readonly found: number; readonly more: boolean }> {
    const page = await this.#page(id, shard);
    if (!page) return { found: 0, more: true };
    const { Records: records = [], NextShardIterator: next } = page;
    let found = 0;
    for (const { dynamodb } of records) {
      const image = dynamodb?.NewImage;
      const end = logEndOf(image?.['key']?.S, textOf(image?.['value']));
      if (!end) continue;
      await take(end);
      found++;
    }
    const reached = next === undefined ? FINISHED : records.at(-1)?.dynamodb?.SequenceNumber;
    if (reached !== undefined) await this.#options.checkpoints.save(this.#name(id), reached);
    shard.iterator = next;
    shard.finished = next === undefined;
    // An open shard has a next page for ever; a closed one is read to its end, through whatever is empty.
    return { found, more: records.length > 0 || shard.closed || shard.finished };
  }

  /** The next page of a shard; undefined when its place was lost and has been set anew. */
  async #page(id: string, shard: OpenShard): Promise<GetRecordsOutput | undefined> {
    try {
      shard.iterator ??= await this.#iterator(id, shard, await this.#checkpoint(id));
      return await this.#options.streams.send(
        new GetRecordsCommand({ ShardIterator: shard.iterator, Limit: PAGE }),
      );
    } catch (error) {
      if (error instanceof TrimmedDataAccessException) {
        this.#gaps++;
        shard.iterator = await this.#iterator(id, shard, undefined);
      } else if (error instanceof ExpiredIteratorException) {
        shard.iterator = undefined;
      } else {
        throw error;
      }
      return undefined;
    }
  }

  async #iterator(id: string, { arn }: OpenShard, since: string | undefined) {
    const { ShardIterator } = await this.#options.streams.send(
      new GetShardIteratorCommand({
        StreamArn: arn,
        ShardId: id,
        ...(since === undefined
          ? { ShardIteratorType: 'TRIM_HORIZON' }
          : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: since }),
      }),
    );
    return ShardIterator;
  }

  /** Shards with something left to read and no parent of which that is true. */
  #readable(): readonly (readonly [string, OpenShard])[] {
    return [...this.#shards].filter(
      ([, { finished, parent = '' }]) => !finished && this.#shards.get(parent)?.finished !== false,
    );
  }

  /** Takes up new shards and lets go of those that the service no longer keeps. */
  async #listShards(): Promise<void> {
    const { tables, streams, table } = this.#options;
    const { arn, shards } = await latestShards(tables, streams, table);
    const ids = new Set(shards.map(({ id }) => id));
    for (const { id, parent, closed } of shards) {
      const known = this.#shards.get(id);
      if (known) {
        known.closed = closed;
        continue;
      }
      const since = await this.#checkpoint(id);
      const parentIsGone = parent !== undefined && !ids.has(parent) && !this.#shards.has(parent);
      if (since === undefined && parentIsGone) {
        if ((await this.#checkpoint(parent)) !== FINISHED) this.#gaps++;
      }
      const finished = since === FINISHED;
      this.#shards.set(id, { arn, parent, closed, finished, iterator: undefined });
    }
    for (const [id, { finished }] of this.#shards) {
      if (ids.has(id)) continue;
      if (!finished) this.#gaps++;
      this.#shards.delete(id);
    }
  }

  #checkpoint(id: string): Promise<string | undefined> {
    return this.#options.checkpoints.load(this.#name(id));
  }

  #name(id: string): string {
    return `${this.#options.table}/${id}`;
  }
}

/** A row's text: Dapr's component stores it as text, or as bytes where it is binary. */
function textOf(value: AttributeValue | undefined): string | undefined {
  return value?.S ?? (value?.B ? Buffer.from(value.B).toString('utf8') : undefined);
}
