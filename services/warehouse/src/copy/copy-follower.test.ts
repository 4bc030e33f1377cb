import { MaestroError, partitionKeyOf } from '@maestro/core';
import { sampleCommit } from '@maestro/core/testing';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { openDuckDbTables } from '../tables/duckdb/open-duckdb-tables.ts';
import type { EventColumns } from '../tables/event-columns.ts';
import type { ContinuationEnd, WarehouseTables } from '../tables/warehouse-tables.ts';
import { CopyFollower } from './copy-follower.ts';
import type { CopyTarget } from './copy-target.ts';
import { TargetRefusal } from './target-refusal.ts';

const refs = Array.from({ length: 30 }, (_, index) => ({
  tenant: 'acme',
  id: `01J000000000000000000000${String(10 + index)}`,
}));
const logs = refs.map((ref) => sampleCommit(ref, null, { commitId: 'a.1', events: 6 }).commit);

/** A target in memory that can be away, refuse and be put back. */
class MemoryTarget implements CopyTarget {
  readonly name = 'memory';
  id = 'first';
  isAway = false;
  /** Whether it never says that it is open. */
  hangs = false;
  refused: (event: EventColumns) => boolean = () => false;
  readonly ended = new Map<string, ContinuationEnd>();
  opened = 0;
  loads = 0;
  builds = 0;

  async open(): Promise<string> {
    this.#here();
    if (this.hangs) await new Promise(() => undefined);
    this.opened++;
    return this.id;
  }

  async ends(page: Parameters<CopyTarget['ends']>[0]): Promise<readonly ContinuationEnd[]> {
    this.#here();
    return page.after ? [] : [...this.ended.values()];
  }

  async load(events: readonly EventColumns[]): Promise<void> {
    this.#here();
    if (events.some((event) => this.refused(event))) throw new TargetRefusal('memory', '22P02');
    this.loads++;
    for (const { ref, sequence, hash } of events) {
      const end = this.ended.get(partitionKeyOf(ref))?.sequence ?? 0;
      if (sequence > end + 1) throw new MaestroError('request.invalid', 'a hole');
      if (sequence === end + 1) this.ended.set(partitionKeyOf(ref), { ref, sequence, hash });
    }
  }

  async build(): Promise<{ continuations: number; events: number }> {
    this.#here();
    this.builds++;
    return { continuations: 0, events: 0 };
  }

  async close(): Promise<void> {}

  #here(): void {
    if (this.isAway) throw new MaestroError('warehouse.unavailable', 'memory does not answer');
  }
}

let tables: WarehouseTables;
let target: MemoryTarget;
let follower: CopyFollower;
let warnings: { readonly retryMs?: number; readonly continuation?: string }[];
const stopping: AbortController[] = [];
const running: Promise<void>[] = [];

function follow(): void {
  follower = new CopyFollower({
    source: tables.copies,
    target,
    everyMs: 5,
    firstRetryMs: 2,
    stopMs: 1_000,
    notes: { info: () => undefined, warn: (fields) => void warnings.push(fields) },
  });
  const mine = new AbortController();
  stopping.push(mine);
  running.push(follower.run(mine.signal));
}

// Slow machines take their time.
vi.setConfig({ testTimeout: 60_000 });

const poll = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

const complete = () =>
  poll(() => follower.status).toMatchObject({ lag: { events: 0 }, problem: null });

beforeEach(async () => {
  tables = await openDuckDbTables(':memory:');
  target = new MemoryTarget();
  warnings = [];
});
afterEach(async () => {
  for (const mine of stopping.splice(0)) mine.abort();
  await Promise.all(running.splice(0));
  await tables.close();
});

const append = async (from: number, to: number, of = refs): Promise<void> => {
  for (const [index, ref] of of.entries()) {
    await tables.append(ref, from, logs[index]?.entries.slice(from - 1, to) ?? []);
  }
};

it('says how far the copy lags while the target is away, waits longer and longer, and goes on', async () => {
  await append(1, 2);
  follow();
  await complete();
  target.isAway = true;
  await append(3, 6);
  await poll(() => follower.status).toMatchObject({
    target: 'memory',
    lag: { continuations: 30, events: 120 },
    problem: 'memory does not answer',
  });
  await poll(() => warnings.length).toBeGreaterThan(4);
  expect(warnings.slice(0, 5).map(({ retryMs }) => retryMs)).toEqual([2, 4, 8, 16, 32]);
  target.isAway = false;
  await complete();
  expect(target.ended.size).toBe(30);
  expect([...target.ended.values()].every(({ sequence }) => sequence === 6)).toBe(true);
});

it('begins anew with another target, and where one was put back', async () => {
  await append(1, 6);
  follow();
  await complete();
  const loads = target.loads;
  // Its tables were made anew; who is connected notices at the next open.
  target.isAway = true;
  const another = { tenant: 'b', id: refs[0]!.id };
  const { commit } = sampleCommit(another, null, { commitId: 'b.1', events: 1 });
  await tables.append(another, 1, commit.entries);
  await poll(() => follower.status.problem).not.toBeNull();
  target.ended.clear();
  target.id = 'second';
  target.isAway = false;
  await complete();
  expect(target.ended.size).toBe(31);
  expect(target.loads).toBeGreaterThan(loads);
});

it('finds out that a target has less than was noted', async () => {
  await append(1, 3);
  follow();
  await complete();
  const key = partitionKeyOf(refs[4]!);
  target.ended.delete(key);
  await append(4, 6);
  await complete();
  expect(target.ended.get(key)?.sequence).toBe(6);
  expect(target.opened).toBe(2);
});

it('leaves aside the logs that a target refuses', async () => {
  const bad = [refs[3]!.id, refs[17]!.id];
  target.refused = ({ ref }) => bad.includes(ref.id);
  await append(1, 6);
  follow();
  await poll(() => follower.status).toMatchObject({
    refused: 2,
    lag: { continuations: 2, events: 12 },
    problem: null,
  });
  expect(target.ended.size).toBe(28);
  expect(warnings.map(({ continuation }) => continuation)).toEqual(bad.map((id) => `acme:${id}`));
});

it('leaves aside however many neighbouring logs a target refuses, again and again', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const bad = new Set(refs.slice(5, 20).map(({ id }) => id));
  let tries = 0;
  target.refused = ({ ref }) => {
    if (bad.has(ref.id)) tries++;
    return bad.has(ref.id);
  };
  await append(1, 6);
  follow();
  const left = { refused: 15, lag: { continuations: 15, events: 90 }, problem: null };
  await poll(() => follower.status).toMatchObject(left);
  expect(target.ended.size).toBe(15);
  // They alone are tried again: that they are refused says nothing of the target.
  tries = 0;
  vi.setSystemTime(Date.now() + 11 * 60_000);
  await poll(() => warnings.length).toBe(30);
  expect(tries).toBeGreaterThanOrEqual(15);
  await poll(() => follower.status).toMatchObject(left);
  expect(warnings.every(({ continuation }) => continuation !== undefined)).toBe(true);
  bad.clear();
  vi.setSystemTime(Date.now() + 11 * 60_000);
  await complete();
  expect(follower.status.refused).toBe(0);
});

it('takes a target for broken that refuses whatever it is given', async () => {
  target.refused = () => true;
  await append(1, 6);
  follow();
  await poll(() => follower.status.problem).toBe('memory refuses a statement: error 22P02');
  target.refused = () => false;
  await complete();
  expect(target.ended.size).toBe(30);
});

it('repeats nothing of an error of a driver, which may hold values of rows', async () => {
  await append(1, 1);
  target.build = async () => {
    throw new Error('invalid input syntax for type bigint: "a value"');
  };
  follow();
  await poll(() => follower.status.problem).toBe(
    'the copy fails: the log of the warehouse tells why',
  );
});

it('is stopped also while a target does not say whether it is open', async () => {
  target.hangs = true;
  follow();
  const beganAtMs = performance.now();
  for (const mine of stopping) mine.abort();
  await Promise.all(running);
  expect(performance.now() - beganAtMs).toBeLessThan(10_000);
});
