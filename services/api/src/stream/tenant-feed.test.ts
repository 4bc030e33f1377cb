import type { EventLog } from '@maestro/core';
import { expect, it } from 'vitest';
import { readPosition, writePosition } from './feed-position.ts';
import { tailFeed, type FeedItem } from './tail-feed.ts';
import { TenantFeed } from './tenant-feed.ts';
import { TenantFeeds } from './tenant-feeds.ts';

const commit = (continuation: string, from: number, to = from) => ({ continuation, from, to });

const log = {
  readRange: async ({ id }: { id: string }, from: number, limit: number) =>
    Array.from({ length: limit }, (_, index) => `"${id}/${from + index}"`),
} as unknown as EventLog;

/** The first so many items of a tail. */
async function take(
  count: number,
  feed: TenantFeed,
  after: string,
  { from = log, onFault = (error: unknown): void => expect.unreachable(String(error)) } = {},
): Promise<FeedItem[]> {
  const abort = new AbortController();
  const items: FeedItem[] = [];
  const position = readPosition(feed, after);
  if (!position) throw new Error('the position is not known');
  const tail = tailFeed({
    log: from,
    tenant: 'acme',
    feed,
    after: position,
    signal: abort.signal,
    onFault,
  });
  for await (const item of tail) {
    items.push(item);
    if (items.length === count) abort.abort();
  }
  return items;
}

const shown = (items: readonly FeedItem[]) =>
  items.map((item) => (item.kind === 'row' ? (JSON.parse(item.row) as string) : 'gap'));

it('holds of each continuation a log without gaps, whatever is told twice, late or never', () => {
  const feed = new TenantFeed();
  for (const told of [
    commit('a', 5, 6),
    commit('b', 1, 4),
    commit('a', 5, 6),
    commit('a', 9, 10),
    commit('a', 7, 8),
    commit('b', 4, 5),
  ]) {
    feed.add(told);
  }
  expect([1, 2, 3, 4].map((number) => feed.at(number))).toMatchObject([
    commit('a', 5, 6),
    commit('b', 1, 4),
    commit('a', 7, 10),
    commit('b', 5, 5),
  ]);
  expect(feed.latest).toBe(4);
});

it('forgets the oldest, and takes up a continuation that it has forgotten where it is told of', () => {
  const feed = new TenantFeed(10);
  feed.add(commit('a', 1));
  for (let sequence = 1; sequence <= 30; sequence++) feed.add(commit('b', sequence));
  expect(feed.latest).toBe(31);
  expect(feed.latest - feed.oldest).toBeLessThan(15);
  expect(feed.at(1)).toBeUndefined();
  feed.add(commit('a', 7, 8));
  expect(feed.at(feed.latest)).toMatchObject(commit('a', 7, 8));
});

it('gives rows with positions from each of which it goes on', async () => {
  const feed = new TenantFeed();
  feed.add(commit('a', 1, 3));
  feed.add(commit('b', 5));
  const start = writePosition(feed, { number: 0, sequence: 0 });
  const whole = await take(4, feed, start);
  expect(shown(whole)).toEqual(['a/1', 'a/2', 'a/3', 'b/5']);
  for (const [index, { position }] of whole.slice(0, 3).entries()) {
    const rest = await take(3 - index, feed, position);
    expect(shown(rest)).toEqual(shown(whole).slice(index + 1));
  }
});

it('tells who is too slow, and goes on with what is remembered', async () => {
  const feed = new TenantFeed(10);
  feed.add(commit('a', 1, 2));
  const slow = tailFeed({
    log,
    tenant: 'acme',
    feed,
    after: { number: 0, sequence: 0 },
    signal: AbortSignal.timeout(5000),
    onFault: (error) => expect.unreachable(String(error)),
  });
  const first = await slow.next();
  expect(first.value).toMatchObject({ kind: 'row', row: '"a/1"' });
  for (let sequence = 3; sequence <= 30; sequence++) feed.add(commit('a', sequence));
  const items: FeedItem[] = [];
  while (items.length < 4) items.push((await slow.next()).value as FeedItem);
  await slow.return();
  const { oldest } = feed;
  const { from } = feed.at(oldest)!;
  // What it was in the middle of it gets whole.
  expect(shown(items)).toEqual(['a/2', 'gap', `a/${from}`, `a/${from + 1}`]);
  expect(readPosition(feed, items[1]!.position)).toEqual({ number: oldest - 1, sequence: 0 });
});

it('knows which positions it can go on from', () => {
  const feed = new TenantFeed(4);
  for (let sequence = 1; sequence <= 12; sequence++) feed.add(commit('a', sequence));
  const { oldest, latest } = feed;
  expect(oldest).toBeGreaterThan(2);
  const known = (number: number, sequence = 0) =>
    readPosition(feed, writePosition(feed, { number, sequence })) !== undefined;
  expect(known(latest)).toBe(true);
  expect(known(oldest - 1)).toBe(true);
  // What was forgotten since is a gap, and what is remembered comes.
  expect(known(oldest - 2)).toBe(true);
  expect(known(oldest - 1, 3)).toBe(true);
  expect(known(oldest, 3)).toBe(true);
  expect(known(latest + 1)).toBe(false);
  expect(readPosition(new TenantFeed(), writePosition(feed, { number: latest, sequence: 0 }))).toBe(
    undefined,
  );
});

it('keeps feeds that somebody listens to, and the last hundred others', () => {
  const feeds = new TenantFeeds();
  const heard = feeds.of('heard');
  const letGo = heard.hold();
  const left = feeds.of('left');
  for (let tenant = 0; tenant < 101; tenant++) feeds.of(`tenant-${tenant}`);
  expect(feeds.of('heard')).toBe(heard);
  expect(feeds.of('left')).not.toBe(left);
  letGo();
  expect(heard.heard).toBe(false);
});

it('leaves out what cannot be read or is not there, says so, and goes on with the others', async () => {
  const feed = new TenantFeed();
  const after = writePosition(feed, { number: 0, sequence: 0 });
  for (const continuation of ['broken', 'short', 'whole']) feed.add(commit(continuation, 1, 2));
  const from = {
    readRange: async (ref: { id: string }, first: number, limit: number) => {
      if (ref.id === 'broken') return ['no JSON'];
      if (ref.id === 'short') return first === 1 ? ['"short/1"'] : [];
      return log.readRange({ tenant: 'acme', id: ref.id }, first, limit);
    },
  } as unknown as EventLog;
  const faults: unknown[] = [];
  const items = await take(5, feed, after, { from, onFault: (error) => void faults.push(error) });
  expect(shown(items)).toEqual(['gap', 'short/1', 'gap', 'whole/1', 'whole/2']);
  expect(faults).toMatchObject([{ code: 'log.corrupt' }]);
});
