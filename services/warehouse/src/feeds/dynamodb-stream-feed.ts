import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  TrimmedDataAccessException,
  type AttributeValue,
  type DynamoDBStreamsClient,
  type Shard,
} from '@aws-sdk/client-dynamodb-streams';
import { MaestroError } from '@maestro/core';
import type { EventRows } from '../reader/event-reader.ts';
import type { ChangeFeed, Checkpoints } from './change-feed.ts';
import { logRowOf } from './log-row.ts';

const PAGE = 1000;
/** What a shard's checkpoint says once everything in it has been read. */
const FINISHED = 'finished';

/**
 * The stream of a DynamoDB table (new images). The rows of a continuation are items of their own and may lie in
 * different shards, so they can come in any order: the reader fills what is missing from the log. A shard is read after
 * its parent. The service keeps 24 hours; what is older is found by the holes.
 */
export class DynamoDbStreamFeed implements ChangeFeed {
  readonly #client: DynamoDBStreamsClient;
  readonly #table: string;
  readonly #checkpoints: Checkpoints;

  constructor(client: DynamoDBStreamsClient, table: string, checkpoints: Checkpoints) {
    this.#client = client;
    this.#table = table;
    this.#checkpoints = checkpoints;
  }

  async poll(take: (rows: EventRows) => Promise<void>, signal?: AbortSignal): Promise<number> {
    const arn = await this.#streamArn();
    const shards = await this.#shards(arn);
    const finished = new Set<string>();
    let found = 0;
    for (const { ShardId: id, ParentShardId: parent } of inOrder(shards)) {
      if (id === undefined || signal?.aborted) break;
      const parentIsThere = shards.some(({ ShardId }) => ShardId === parent);
      if (parent !== undefined && parentIsThere && !finished.has(parent)) continue;
      const outcome = await this.#readShard(arn, id, take, signal);
      found += outcome.found;
      if (outcome.finished) finished.add(id);
    }
    return found;
  }

  async #readShard(
    arn: string,
    shard: string,
    take: (rows: EventRows) => Promise<void>,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly found: number; readonly finished: boolean }> {
    const name = `${this.#table}/${shard}`;
    const since = await this.#checkpoints.load(name);
    if (since === FINISHED) return { found: 0, finished: true };
    let iterator = await this.#iterator(arn, shard, since);
    let found = 0;
    while (iterator !== undefined) {
      if (signal?.aborted) break;
      const page = await this.#client.send(
        new GetRecordsCommand({ ShardIterator: iterator, Limit: PAGE }),
      );
      const records = page.Records ?? [];
      for (const { dynamodb } of records) {
        const rows = logRowOf(
          dynamodb?.NewImage?.['key']?.S,
          textOf(dynamodb?.NewImage?.['value']),
        );
        if (!rows) continue;
        await take(rows);
        found++;
      }
      const last = records.at(-1)?.dynamodb?.SequenceNumber;
      if (last !== undefined) await this.#checkpoints.save(name, last);
      iterator = page.NextShardIterator;
      // An open shard has a next iterator for ever: an empty page is the end for now.
      if (records.length === 0 && iterator !== undefined) return { found, finished: false };
    }
    if (iterator === undefined) await this.#checkpoints.save(name, FINISHED);
    return { found, finished: iterator === undefined };
  }

  async #iterator(
    arn: string,
    shard: string,
    since: string | undefined,
  ): Promise<string | undefined> {
    const from = (position: object) =>
      this.#client.send(
        new GetShardIteratorCommand({
          StreamArn: arn,
          ShardId: shard,
          ShardIteratorType: 'TRIM_HORIZON',
          ...position,
        }),
      );
    if (since === undefined) return (await from({})).ShardIterator;
    try {
      const after = { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: since };
      return (await from(after)).ShardIterator;
    } catch (error) {
      // The checkpoint is older than what the stream keeps: from the oldest on, and the rest is found by its holes.
      if (error instanceof TrimmedDataAccessException) return (await from({})).ShardIterator;
      throw error;
    }
  }

  async #streamArn(): Promise<string> {
    const { Streams = [] } = await this.#client.send(
      new ListStreamsCommand({ TableName: this.#table }),
    );
    // A table whose stream was turned off and on again has several: the last is the one in use.
    const arn = Streams.at(-1)?.StreamArn;
    if (arn === undefined) {
      throw new MaestroError(
        'component.unsupported',
        `the table ${this.#table} has no stream: turn on DynamoDB Streams with new images`,
      );
    }
    return arn;
  }

  async #shards(arn: string): Promise<readonly Shard[]> {
    const shards: Shard[] = [];
    for (let after: string | undefined; ;) {
      const { StreamDescription: stream } = await this.#client.send(
        new DescribeStreamCommand({
          StreamArn: arn,
          ...(after === undefined ? {} : { ExclusiveStartShardId: after }),
        }),
      );
      shards.push(...(stream?.Shards ?? []));
      after = stream?.LastEvaluatedShardId;
      if (after === undefined) return shards;
    }
  }
}

/** Parents before their children; ids begin with the time that a shard was made. */
function inOrder(shards: readonly Shard[]): readonly Shard[] {
  return [...shards].sort((a, b) => ((a.ShardId ?? '') < (b.ShardId ?? '') ? -1 : 1));
}

/** A row's text: Dapr's component stores a JSON string as text, or as bytes where it is binary. */
function textOf(value: AttributeValue | undefined): string | undefined {
  const text = value?.S ?? (value?.B ? Buffer.from(value.B).toString('utf8') : undefined);
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'string' ? parsed : text;
  } catch {
    return text;
  }
}
