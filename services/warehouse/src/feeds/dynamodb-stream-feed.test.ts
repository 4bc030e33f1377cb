import type { ContinuationRef } from '@maestro/core';
import { expect, it } from 'vitest';
import type { LogEnd } from '../reader/event-reader.ts';
import { FakeStream } from '../testing/fake-stream.ts';
import type { Checkpoints } from './change-feed.ts';
import { DynamoDbStreamFeed } from './dynamodb-stream-feed.ts';

const ref: ContinuationRef = { tenant: 'acme', id: '01JB0000000000000000000000' };
const end = (sequence: number): LogEnd => ({ ref, sequence });
const ends = (from: number, to: number): readonly LogEnd[] =>
  Array.from({ length: to - from + 1 }, (_, index) => end(from + index));

class MemoryCheckpoints implements Checkpoints {
  readonly values = new Map<string, string>();
  load = async (name: string): Promise<string | undefined> => this.values.get(name);
  save = async (name: string, value: string): Promise<void> => void this.values.set(name, value);
}

function setUp() {
  const stream = new FakeStream();
  const checkpoints = new MemoryCheckpoints();
  const taken: number[] = [];
  const take = async ({ sequence }: LogEnd): Promise<void> => void taken.push(sequence);
  const { tables, streams } = stream;
  const newFeed = () => new DynamoDbStreamFeed({ tables, streams, table: 't', checkpoints });
  return { stream, checkpoints, taken, take, newFeed };
}

it('goes through empty pages to the records behind them, however many polls that takes', async () => {
  const { stream, taken, take, newFeed } = setUp();
  stream.add('a', ['nothing', 'nothing', 'nothing', ...ends(1, 3), 'nothing', 'nothing', end(4)]);
  const feed = newFeed();
  for (let polls = 0; polls < 8; polls++) await feed.poll(take);
  expect(taken).toEqual([1, 2, 3, 4]);
  expect(stream.iteratorsGiven).toBe(1);
});

it('goes through the empty pages of a closed shard at once, and on to its child', async () => {
  const { stream, taken, take, newFeed } = setUp();
  stream.add('a', ['nothing', 'nothing', 'nothing', end(1), 'nothing']).closed = true;
  stream.add('b', [end(2)], 'a');
  expect(await newFeed().poll(take)).toBe(2);
  expect(taken).toEqual([1, 2]);
});

it('reads shards in turn and comes back from a poll, although writes to them never end', async () => {
  const { stream, take, newFeed } = setUp();
  stream.add('a');
  stream.add('b');
  stream.beforePage = ({ slots }) => void slots.push(...ends(1, 20));
  expect(await newFeed().poll(take)).toBeGreaterThan(0);
  expect(stream.pages.slice(0, 6)).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
});

it('goes on from its checkpoint when the iterator has expired', async () => {
  const { stream, taken, take, newFeed } = setUp();
  const shard = stream.add('a', ends(1, 3));
  const feed = newFeed();
  await feed.poll(take);
  stream.expireIterators();
  shard.slots.push(...ends(4, 5));
  await feed.poll(take);
  expect(taken).toEqual([1, 2, 3, 4, 5]);
  expect(stream.iteratorsGiven).toBe(2);
  expect(feed.gaps).toBe(0);
});

it('begins anew when the iterator has expired before there was anything', async () => {
  const { stream, taken, take, newFeed } = setUp();
  const shard = stream.add('a', ['nothing']);
  const feed = newFeed();
  await feed.poll(take);
  stream.expireIterators();
  shard.slots.push(end(1));
  for (let polls = 0; polls < 3; polls++) await feed.poll(take);
  expect(taken).toEqual([1]);
});

it('reads the oldest that is left and counts a gap when its place is no longer kept', async () => {
  const { stream, taken, take, newFeed } = setUp();
  const shard = stream.add('a', ends(1, 2));
  const feed = newFeed();
  await feed.poll(take);
  shard.slots.push(...ends(3, 6));
  shard.trimmed = 4;
  await feed.poll(take);
  expect(taken).toEqual([1, 2, 5, 6]);
  expect(feed.gaps).toBe(1);
  // The same for a process that starts from the checkpoint.
  shard.slots.push(...ends(7, 9));
  shard.trimmed = 8;
  const another = newFeed();
  await another.poll(take);
  expect(taken).toEqual([1, 2, 5, 6, 9]);
  expect(another.gaps).toBe(1);
});

it('reads a shard that was split to its end before its children', async () => {
  const { stream, taken, take, newFeed } = setUp();
  stream.pageSize = 1;
  // Listed before the parent, which is no order to rely on.
  stream.add('c', ends(6, 7), 'a');
  const parent = stream.add('a', ends(1, 2));
  const feed = newFeed();
  await feed.poll(take);
  expect(taken).toEqual([1, 2]);
  parent.slots.push(end(3));
  parent.closed = true;
  stream.add('b', ends(4, 5), 'a');
  await feed.poll(take);
  expect(taken.slice(0, 3)).toEqual([1, 2, 3]);
  expect(new Set(taken.slice(3))).toEqual(new Set([4, 5, 6, 7]));
  expect(taken).toHaveLength(7);
  const pages = stream.pages.length;
  const another = newFeed();
  expect(await another.poll(take)).toBe(0);
  expect(stream.pages.slice(pages)).not.toContain('a');
  expect(another.gaps).toBe(0);
});

it('counts a gap for a shard that is gone before it was read', async () => {
  const { stream, taken, take, newFeed } = setUp();
  stream.add('a', [end(1)]);
  const feed = newFeed();
  await feed.poll(take);
  stream.add('b', [end(3)], 'a');
  stream.remove('a');
  // One that ran meanwhile, and one that is started only now.
  const another = newFeed();
  for (let polls = 0; polls < 2; polls++) await another.poll(take);
  await feed.poll(take);
  expect(taken).toEqual([1, 3]);
  expect([feed.gaps, another.gaps]).toEqual([1, 1]);
});

it('counts no gap when the shards that are gone had been read', async () => {
  const { stream, taken, take, newFeed } = setUp();
  stream.add('a', [end(1)]).closed = true;
  await newFeed().poll(take);
  stream.add('b', [end(2)], 'a');
  stream.remove('a');
  const another = newFeed();
  await another.poll(take);
  expect(taken).toEqual([1, 2]);
  expect(another.gaps).toBe(0);
});

it('a page that was not taken comes again, and the other shards go on meanwhile', async () => {
  const { stream, taken, newFeed } = setUp();
  stream.add('a', ends(1, 2));
  stream.add('b', ends(11, 12));
  const feed = newFeed();
  let refusals = 1;
  const take = async ({ sequence }: LogEnd): Promise<void> => {
    if (sequence === 2 && refusals-- > 0) throw new Error('the consumer is away');
    taken.push(sequence);
  };
  await expect(feed.poll(take)).rejects.toThrow('the consumer is away');
  expect(taken).toEqual([1, 11, 12]);
  await feed.poll(take);
  expect(taken).toEqual([1, 11, 12, 1, 2]);
});

it('ends when it is told to', async () => {
  const { stream, take, newFeed } = setUp();
  stream.add('a');
  stream.beforePage = ({ slots }) => void slots.push(end(1));
  expect(await newFeed().poll(take, AbortSignal.abort())).toBe(0);
  expect(stream.pages).toEqual([]);
});

it('reads the latest stream of a table that has had several', async () => {
  const { stream, taken, take, newFeed } = setUp();
  stream.add('a', [end(1)]);
  const feed = newFeed();
  await feed.poll(take);
  stream.arn = 'arn:stream/2';
  stream.remove('a');
  stream.add('z', [end(2)]);
  await feed.poll(take);
  expect(taken).toEqual([1, 2]);
  expect(feed.gaps).toBe(1);
});

it.each([
  ['no stream', undefined],
  ['a stream that was turned off', { StreamEnabled: false }],
  ['a stream of keys alone', { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' }],
])('refuses a table with %s', async (_what, specification) => {
  const { stream, take, newFeed } = setUp();
  stream.specification = specification;
  await expect(newFeed().poll(take)).rejects.toMatchObject({ code: 'component.unsupported' });
});
