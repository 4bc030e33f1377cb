import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ResourceNotFoundException,
  TrimmedDataAccessException,
  type DynamoDBStreamsClient,
  type GetShardIteratorInput,
} from '@aws-sdk/client-dynamodb-streams';
import { headKey } from '@maestro/core';
import type { LogEnd } from '../reader/event-reader.ts';

/** A place in a shard: a head that was written, or a stretch without records, which the service gives as an empty page. */
export type Slot = LogEnd | 'nothing';

interface FakeShard {
  readonly id: string;
  readonly parent?: string;
  /** By position; the sequence number of a record is its position + 1. */
  readonly slots: Slot[];
  closed?: boolean;
  /** What the service no longer keeps: positions below. */
  trimmed?: number;
}

/**
 * A table with its stream, as the vendor's two clients show it: pages end where a stretch without records begins, an
 * iterator is good until `expireIterators`, an open shard has a next iterator for ever.
 */
export class FakeStream {
  readonly shards: FakeShard[] = [];
  /** Shard ids in the order that pages were read. */
  readonly pages: string[] = [];
  iteratorsGiven = 0;
  specification: object | undefined = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' };
  arn = 'arn:stream/1';
  /** Records of a page. */
  pageSize = 10;
  /** Called before a page is read. */
  beforePage: (shard: FakeShard) => void = () => undefined;
  #epoch = 0;

  get tables(): DynamoDBClient {
    return { send: (command: unknown) => this.#send(command) } as unknown as DynamoDBClient;
  }

  get streams(): DynamoDBStreamsClient {
    return { send: (command: unknown) => this.#send(command) } as unknown as DynamoDBStreamsClient;
  }

  add(id: string, slots: readonly Slot[] = [], parent?: string): FakeShard {
    const shard = { id, slots: [...slots], ...(parent === undefined ? {} : { parent }) };
    this.shards.push(shard);
    return shard;
  }

  remove(id: string): void {
    this.shards.splice(this.shards.indexOf(this.#shard(id)), 1);
  }

  expireIterators(): void {
    this.#epoch++;
  }

  async #send(command: unknown): Promise<unknown> {
    await new Promise((resolve) => setImmediate(resolve));
    if (command instanceof DescribeTableCommand) {
      return { Table: { LatestStreamArn: this.arn, StreamSpecification: this.specification } };
    }
    if (command instanceof DescribeStreamCommand) {
      return this.#describe(command.input.StreamArn, command.input.ExclusiveStartShardId);
    }
    if (command instanceof GetShardIteratorCommand) return this.#iterator(command.input);
    if (command instanceof GetRecordsCommand) return this.#records(command.input.ShardIterator);
    throw new TypeError('the fake does not know this command');
  }

  /** One shard on a page. */
  #describe(arn: string | undefined, after: string | undefined): unknown {
    if (arn !== this.arn) throw new ResourceNotFoundException(fault('no such stream'));
    const index = this.shards.findIndex(({ id }) => id === after) + 1;
    const shard = this.shards[index];
    const page = shard && {
      ShardId: shard.id,
      ParentShardId: shard.parent,
      SequenceNumberRange: {
        StartingSequenceNumber: '1',
        ...(shard.closed ? { EndingSequenceNumber: String(shard.slots.length) } : {}),
      },
    };
    const last = index + 1 < this.shards.length ? { LastEvaluatedShardId: shard?.id } : {};
    return { StreamDescription: { Shards: page ? [page] : [], ...last } };
  }

  #iterator({ ShardId, ShardIteratorType, SequenceNumber }: GetShardIteratorInput): unknown {
    this.iteratorsGiven++;
    const { trimmed = 0 } = this.#shard(ShardId);
    if (ShardIteratorType === 'TRIM_HORIZON') return { ShardIterator: this.#at(ShardId, trimmed) };
    if (Number(SequenceNumber) < trimmed) throw new TrimmedDataAccessException(fault('trimmed'));
    return { ShardIterator: this.#at(ShardId, Number(SequenceNumber)) };
  }

  #records(iterator = ''): unknown {
    const [id = '', position = '', epoch] = iterator.split('@');
    if (Number(epoch) !== this.#epoch) throw new ExpiredIteratorException(fault('expired'));
    const shard = this.#shard(id);
    this.beforePage(shard);
    this.pages.push(id);
    const from = Number(position);
    if (from < (shard.trimmed ?? 0)) throw new TrimmedDataAccessException(fault('trimmed'));
    const records = [];
    let next = from;
    for (let slot = shard.slots[next]; slot && slot !== 'nothing'; slot = shard.slots[next]) {
      if (records.length === this.pageSize) break;
      records.push(recordOf(slot, ++next));
    }
    if (records.length === 0 && next < shard.slots.length) next++;
    const ended = shard.closed && next === shard.slots.length;
    return { Records: records, ...(ended ? {} : { NextShardIterator: this.#at(id, next) }) };
  }

  #at(id: string | undefined, position: number): string {
    return `${id}@${position}@${this.#epoch}`;
  }

  #shard(id: string | undefined): FakeShard {
    const shard = this.shards.find((candidate) => candidate.id === id);
    if (!shard) throw new ResourceNotFoundException(fault(`no shard ${id}`));
    return shard;
  }
}

function recordOf({ ref, sequence }: LogEnd, number: number): unknown {
  const value = { S: JSON.stringify(JSON.stringify({ sequence })) };
  const image = { key: { S: headKey(ref) }, value };
  return { dynamodb: { NewImage: image, SequenceNumber: String(number) } };
}

function fault(message: string) {
  return { message, $metadata: {} };
}
