import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  type StreamDescription,
} from '@aws-sdk/client-dynamodb-streams';
import { MaestroError } from '@maestro/core';

/** A shard as the service lists it. */
export interface ListedShard {
  readonly id: string;
  /** The shard that it goes on from, which may be gone from the list. */
  readonly parent: string | undefined;
  /** Nothing more is written to it. */
  readonly closed: boolean;
}

/**
 * The shards of a table's latest stream; a table whose stream was turned off and on again has several.
 *
 * @throws MaestroError `component.unsupported` when the table has no stream of new images.
 */
export async function latestShards(
  tables: DynamoDBClient,
  streams: DynamoDBStreamsClient,
  table: string,
): Promise<{ readonly arn: string; readonly shards: readonly ListedShard[] }> {
  const { Table } = await tables.send(new DescribeTableCommand({ TableName: table }));
  const { StreamEnabled, StreamViewType } = Table?.StreamSpecification ?? {};
  const arn = Table?.LatestStreamArn;
  if (arn === undefined || !StreamEnabled || !StreamViewType?.startsWith('NEW_')) {
    throw new MaestroError(
      'component.unsupported',
      `the table ${table} has no stream of new images: turn on DynamoDB Streams with NEW_IMAGE`,
    );
  }
  const shards: ListedShard[] = [];
  for (let after: string | undefined; ;) {
    const { StreamDescription: stream } = await streams.send(
      new DescribeStreamCommand({
        StreamArn: arn,
        ...(after === undefined ? {} : { ExclusiveStartShardId: after }),
      }),
    );
    shards.push(...listed(stream));
    after = stream?.LastEvaluatedShardId;
    if (after === undefined) return { arn, shards };
  }
}

function listed(stream: StreamDescription | undefined): readonly ListedShard[] {
  return (stream?.Shards ?? []).flatMap(({ ShardId: id, ParentShardId, SequenceNumberRange }) => {
    if (id === undefined) return [];
    const closed = SequenceNumberRange?.EndingSequenceNumber !== undefined;
    return [{ id, parent: ParentShardId, closed }];
  });
}
