import { ContinuationClient } from '@maestro/actors';
import type { ContinuationRef, StoredEvent } from '@maestro/core';
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchOptions, ComponentSet } from '../bench-options.ts';
import { closedLoop } from '../load/closed-loop.ts';
import { openLoop } from '../load/open-loop.ts';
import { distributionOf, rounded, type Distribution } from '../load/statistics.ts';
import { load1 } from '../report/machine.ts';
import { progress } from '../report/progress.ts';
import { startBenchStack, type BenchStack } from '../stack/bench-stack.ts';
import { committedEvents, waitCommitted } from '../stack/committed-events.ts';
import { connectClient } from '../stack/connect-client.ts';
import { connectDriver } from '../stack/connect-driver.ts';
import { TENANT, type Driver } from '../stack/driver.ts';
import { recordDaprd } from '../stack/profiling.ts';
import { readVerifiedLog } from '../stack/read-log.ts';
import { cpuSnapshot, usageSince, type Usage } from '../stack/usage.ts';
import { CONCURRENCY, warmUp } from './lifecycle.ts';
import { BATCH, batchOf, expectedWakes, predicateOf, type StreamPlan } from './stream-plan.ts';
import { judgeStream } from './stream-verdict.ts';

/** One run of items for many subscriptions of one stream. */
export interface StreamRun {
  readonly workload: 'stream';
  readonly components: ComponentSet;
  readonly subscriptions: number;
  readonly offeredPerSecond: number;
  readonly items: number;
  readonly takenPerSecond: number;
  /** Of the call that publishes a batch, from the instant that it was scheduled for to its answer. */
  readonly publishMs: Distribution;
  readonly failures: number;
  readonly maxStartLagMs: number;
  readonly woken: number;
  /** From the call that brought the item to the start of the turn that woke. */
  readonly lateMs: Distribution;
  /** From the instant that the stream noted for the item to the same. */
  readonly lateAfterStoredMs: Distribution;
  readonly missed: number;
  readonly doubled: number;
  /** CPU per item. */
  readonly usage: Usage;
  readonly verified: number;
  readonly load1: number;
}

const STREAM = 'bench';
const FULL: StreamPlan = { subscriptions: 10_000, itemsPerSecond: 1000, seconds: 30 };
const QUICK: StreamPlan = { subscriptions: 500, itemsPerSecond: 100, seconds: 5 };

/** How long subscriptions may take after the last start, and how long wakes too many may come after the last, in ms. */
const SUBSCRIBED_IN_MS = 60_000;
const AFTERMATH_MS = 3_000;

/** Publishes at a steady rate to a stream with many subscriptions, of which one item in a hundred wakes one. */
export async function runStream(
  components: ComponentSet,
  options: BenchOptions,
): Promise<readonly StreamRun[]> {
  const stack = await startBenchStack(components, { ...options, via: 'api' });
  const driver = await connectDriver(stack);
  try {
    await warmUp(stack, driver);
    const run = await feed(stack, driver, options);
    progress(
      `stream ${components}: ${run.takenPerSecond} items/s, publish p50 ${run.publishMs.p50} p99 ${run.publishMs.p99}, ` +
        `late p50 ${run.lateMs.p50} p99 ${run.lateMs.p99} max ${run.lateMs.max} ms, ` +
        `missed ${run.missed}, doubled ${run.doubled}, load1 ${run.load1}`,
    );
    return [run];
  } finally {
    await driver.close();
    await stack.stop();
  }
}

async function feed(stack: BenchStack, driver: Driver, options: BenchOptions): Promise<StreamRun> {
  const plan = options.quick ? QUICK : FULL;
  const { subscriptions, itemsPerSecond, seconds } = plan;
  const client = await connectClient(stack);
  const refs = await subscribe(stack, driver, subscriptions);
  const expected = expectedWakes(plan);
  const completed = await committedEvents(stack, 'publish');
  const calls = Math.floor((itemsPerSecond * seconds) / BATCH);
  const batches = Array.from({ length: calls }, (_, call) => batchOf(call, plan));
  const calledAtMs: number[] = [];
  let taken = 0;
  const recording = options.profile ? recordDaprd(options, seconds) : undefined;
  const cpu = cpuSnapshot(stack.processes());
  const result = await openLoop(calls, itemsPerSecond / BATCH, async (call) => {
    calledAtMs[call] = Date.now();
    const answer = await client.publish(STREAM, batches[call] ?? []);
    taken += answer.taken;
  });
  if (result.failures.length > 0) progress(`first failure: ${String(result.failures[0])}`);
  // Who is missed never comes: the logs count them.
  await waitCommitted(stack, 'publish', completed + expected.size, 10_000).catch((error: unknown) =>
    progress(`not all were woken: ${String(error)}`),
  );
  const usage = usageSince(cpu, stack.processes(), calls * BATCH);
  const load = load1();
  if (recording) progress(`daprd's profile: ${await recording}`);
  await delay(AFTERMATH_MS);
  const logs = await readAll(stack, refs);
  const { missed, doubled, sinceCallMs, sinceStoredMs } = judgeStream(logs, expected, calledAtMs);
  return {
    workload: 'stream',
    components: stack.components,
    subscriptions,
    offeredPerSecond: itemsPerSecond,
    items: calls * BATCH,
    takenPerSecond: rounded((taken * 1000) / result.durationMs),
    publishMs: distributionOf(result.latenciesMs),
    failures: result.failures.length,
    maxStartLagMs: rounded(result.maxStartLagMs),
    woken: sinceCallMs.length,
    lateMs: distributionOf(sinceCallMs),
    lateAfterStoredMs: distributionOf(sinceStoredMs),
    missed,
    doubled,
    usage,
    verified: logs.length,
    load1: load,
  };
}

/** Starts the continuations and waits until the stream has all their subscriptions. */
async function subscribe(
  stack: BenchStack,
  driver: Driver,
  subscriptions: number,
): Promise<readonly ContinuationRef[]> {
  const refs: ContinuationRef[] = [];
  const startedAt = performance.now();
  await closedLoop(subscriptions, CONCURRENCY, async (index) => {
    const parameters = { stream: STREAM, predicate: predicateOf(index) };
    refs[index] = await driver.start(`watch-${index}`, 'watch@1', parameters);
  });
  const topics = new ContinuationClient(stack.http);
  const topic = { tenant: TENANT, kind: 'stream', name: STREAM, shard: 0 } as const;
  const giveUpAt = performance.now() + SUBSCRIBED_IN_MS;
  for (;;) {
    const reply = await topics.tellTopic(topic, { kind: 'peek', count: 0 });
    const there = reply.kind === 'peeked' ? reply.subscriptions : 0;
    if (there === subscriptions) break;
    if (performance.now() > giveUpAt) throw new Error(`${there} of ${subscriptions} subscriptions`);
    await delay(200);
  }
  const tookS = (performance.now() - startedAt) / 1000;
  progress(`${subscriptions} subscriptions in ${rounded(tookS)} s`);
  await delay(2_000);
  return refs;
}

async function readAll(
  stack: BenchStack,
  refs: readonly ContinuationRef[],
): Promise<readonly (readonly StoredEvent[])[]> {
  const logs: (readonly StoredEvent[])[] = [];
  await closedLoop(refs.length, 16, async (index) => {
    const ref = refs[index];
    if (ref) logs[index] = await readVerifiedLog(stack.store, ref);
  });
  return logs;
}
