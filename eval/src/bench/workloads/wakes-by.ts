import type { MaestroClient } from '@maestro/client';
import type { ContinuationRef, StoredEvent } from '@maestro/core';
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchOptions, ComponentSet } from '../bench-options.ts';
import { closedLoop } from '../load/closed-loop.ts';
import { distributionOf, rounded } from '../load/statistics.ts';
import { load1 } from '../report/machine.ts';
import { progress } from '../report/progress.ts';
import { startBenchStack, type BenchStack } from '../stack/bench-stack.ts';
import { accessApi, connectClient } from '../stack/connect-client.ts';
import { connectDriver } from '../stack/connect-driver.ts';
import { TENANT, type Driver } from '../stack/driver.ts';
import { readVerifiedLog } from '../stack/read-log.ts';
import { cpuSnapshot, usageSince } from '../stack/usage.ts';
import { CONCURRENCY, readLogs, warmUp } from './lifecycle.ts';
import { oneWake, type WakeSeen } from './one-wake.ts';
import { MOST_WAITING, REST_MS, type SignalRun } from './signal.ts';

/** Lets a live stream come to rest after it was opened, in ms. */
const SETTLE_MS = 15;

const STREAM = 'bench-wakes';

interface Case {
  readonly by: string;
  /** Of the wake, as the log says it. */
  readonly cause: string;
  readonly recipe: string;
  readonly parameters?: (index: number) => Readonly<Record<string, unknown>>;
  /** Whether the end is when a follower has seen it, and not the answer of the call. */
  readonly followed: boolean;
  /** Who is told, if that is another. */
  readonly told?: (ref: ContinuationRef) => Promise<ContinuationRef>;
  /** Makes what wakes a continuation; given who is told. */
  readonly wake: (ref: ContinuationRef, index: number) => Promise<unknown>;
  /** When what woke it came, in ms since the epoch, if a log says it. */
  readonly causeAtMs?: (wake: WakeSeen, log: readonly StoredEvent[]) => Promise<number>;
  /** Comes right before the first one. */
  readonly before?: () => Promise<void>;
}

/** Wakes by a signal, an item of a stream and a sibling, one at a time; at last signals to a host that has just started. */
export async function runWakesBy(
  components: ComponentSet,
  options: BenchOptions,
): Promise<readonly SignalRun[]> {
  const stack = await startBenchStack(components, { ...options, via: 'api' });
  const driver = await connectDriver(stack);
  try {
    await warmUp(stack, driver);
    const client = await connectClient(stack);
    const n = Math.min(options.n, MOST_WAITING);
    const runs: SignalRun[] = [];
    for (const each of casesOf(stack, driver, client)) {
      const run = await runCase(stack, driver, client, each, n);
      progress(
        `wakes-by ${components} ${each.by}: p50 ${run.resumedMs.p50} p99 ${run.resumedMs.p99} ` +
          `max ${run.resumedMs.max} ms, load1 ${run.load1}`,
      );
      runs.push(run);
    }
    return runs;
  } finally {
    await driver.close();
    await stack.stop();
  }
}

function casesOf(stack: BenchStack, driver: Driver, client: MaestroClient): readonly Case[] {
  const signal = {
    cause: 'human',
    recipe: 'wait@1',
    wake: (ref: ContinuationRef) => driver.signal(ref, 'go'),
  };
  return [
    { ...signal, by: 'signal', followed: false },
    { ...signal, by: 'signal, followed', followed: true },
    {
      by: 'stream item, followed',
      cause: 'stream',
      recipe: 'watch@1',
      parameters: (index) => ({
        stream: STREAM,
        predicate: `item.attributes.topic == "t-${index}"`,
      }),
      followed: true,
      wake: (_ref, index) =>
        client.publish(STREAM, [{ id: `item-${index}`, attributes: { topic: `t-${index}` } }]),
      causeAtMs: async ({ atMs, lateMs }) => atMs - lateMs,
    },
    {
      by: 'sibling publish, followed',
      cause: 'sibling',
      recipe: 'pair@1',
      followed: true,
      told: async (ref) => childOf(await readVerifiedLog(stack.store, ref)),
      wake: signal.wake,
      causeAtMs: (_wake, log) => publishedAtMs(stack, childOf(log)),
    },
    {
      ...signal,
      by: 'signal, cold',
      followed: false,
      before: async () => {
        await stack.app.restart();
        await accessApi(stack);
        // Once placement knows the host: what is cold is every continuation, not the machine.
        await driver.start('after-restart', 'noop@1', { sleepMs: 1 });
      },
    },
  ];
}

async function runCase(
  stack: BenchStack,
  driver: Driver,
  client: MaestroClient,
  { by, cause, recipe, parameters, followed, told, wake, causeAtMs, before }: Case,
  n: number,
): Promise<SignalRun> {
  const refs: ContinuationRef[] = [];
  const key = by.replaceAll(/[^a-z]+/g, '-');
  await closedLoop(n, CONCURRENCY, async (index) => {
    refs[index] = await driver.start(`${key}-${index}`, recipe, parameters?.(index) ?? {});
  });
  await delay(REST_MS);
  await before?.();
  const resumedMs: number[] = [];
  const cpu = cpuSnapshot(stack.processes());
  const startedAt = performance.now();
  for (const [index, ref] of refs.entries()) {
    const target = (await told?.(ref)) ?? ref;
    const end = followed ? await untilCompleted(client, ref) : undefined;
    const from = performance.now();
    const answered = wake(target, index);
    const over = (end ? end() : answered).then(() => performance.now());
    await answered;
    resumedMs.push((await over) - from);
  }
  const durationMs = performance.now() - startedAt;
  const usage = usageSince(cpu, stack.processes(), n);
  const load = load1();
  const logs = await readLogs(stack, refs);
  const wokenMs: number[] = [];
  for (const log of logs) {
    const seen = oneWake(log, cause);
    if (causeAtMs) wokenMs.push(seen.atMs - (await causeAtMs(seen, log)));
  }
  return {
    workload: 'wakes-by',
    components: stack.components,
    via: stack.via,
    by,
    n,
    concurrency: 1,
    resumedMs: distributionOf(resumedMs),
    wokenMs: distributionOf(wokenMs),
    perSecond: followed ? Number.NaN : rounded((n * 1000) / durationMs),
    usage,
    verified: logs.length,
    load1: load,
  };
}

/** Follows a continuation that sleeps. @returns what waits until its completion has come in. */
async function untilCompleted(
  client: MaestroClient,
  { id }: ContinuationRef,
): Promise<() => Promise<void>> {
  const events = client.follow(id);
  const until = async (type: string): Promise<void> => {
    for (;;) {
      const { value, done } = await events.next();
      if (done) throw new Error(`${id} ended without ${type}`);
      if (value.type === type) return;
    }
  };
  await until('sleep');
  await delay(SETTLE_MS);
  return async () => {
    await until('publish');
    void events.return();
  };
}

function childOf(log: readonly StoredEvent[]): ContinuationRef {
  const { children = [] } = (log.find(({ type }) => type === 'fork')?.payload ?? {}) as {
    children?: readonly { readonly id: string }[];
  };
  const id = children[0]?.id;
  if (id === undefined) throw new Error(`${log[0]?.continuation} has no child`);
  return { tenant: TENANT, id };
}

/** When a continuation published its artifact. */
async function publishedAtMs(stack: BenchStack, ref: ContinuationRef): Promise<number> {
  const published = (await readVerifiedLog(stack.store, ref)).find(
    ({ type }) => type === 'publish',
  );
  if (!published) throw new Error(`${ref.id} has published nothing`);
  return Date.parse(published.at);
}
