import type { ContinuationRef } from '@maestro/core';
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchOptions, ComponentSet } from '../bench-options.ts';
import { closedLoop } from '../load/closed-loop.ts';
import { distributionOf, type Distribution } from '../load/statistics.ts';
import { load1 } from '../report/machine.ts';
import { progress } from '../report/progress.ts';
import { startBenchStack, type BenchStack } from '../stack/bench-stack.ts';
import { committedEvents, waitCommitted } from '../stack/committed-events.ts';
import { connectDriver } from '../stack/connect-driver.ts';
import type { Driver } from '../stack/driver.ts';
import { cpuSnapshot, usageSince, type Usage } from '../stack/usage.ts';
import { CONCURRENCY, readLogs, warmUp } from './lifecycle.ts';
import { wakeLateness } from './wake-lateness.ts';

/** How due times are laid out. */
export type Spread = 'as-lifecycle' | 'over-60-s' | 'one-instant';

/** One run of sleepers whose due times are known beforehand; nothing is submitted while they wake. */
export interface WakeRun {
  readonly workload: 'wake';
  readonly components: ComponentSet;
  readonly via: string;
  readonly sleepers: number;
  readonly spread: Spread;
  /** From the first due time to the last, in ms. */
  readonly spanMs: number;
  readonly lateMs: Distribution;
  /** From the first due time to the last completion, in ms. */
  readonly drainedMs: number;
  readonly usage: Usage;
  readonly verified: number;
  readonly load1: number;
}

/** Arrivals per second of `as-lifecycle`: the pace at which the lifecycle benchmark submits. */
const LIFECYCLE_PACE = 250;
const MANY_SPAN_MS = 60_000;
/** Between the last submission and the first due time, in ms. */
const REST_MS = 2_000;

/** Sleepers spread as in the lifecycle; in the first round also 10,000 over 60 s and all at one instant. */
export async function runWake(
  components: ComponentSet,
  options: BenchOptions,
  round: number,
): Promise<readonly WakeRun[]> {
  const runs: WakeRun[] = [];
  const add = async (sleepers: number, spread: Spread, spanMs: number): Promise<void> => {
    const stack = await startBenchStack(components, options);
    const driver = await connectDriver(stack);
    try {
      const run = await wakeAll(stack, driver, sleepers, spread, spanMs);
      progress(
        `wake ${components} ${sleepers} ${spread}: late p50 ${run.lateMs.p50} p99 ${run.lateMs.p99} ` +
          `max ${run.lateMs.max} ms, load1 ${run.load1}`,
      );
      runs.push(run);
    } finally {
      await driver.close();
      await stack.stop();
    }
  };
  await add(options.n, 'as-lifecycle', (options.n * 1000) / LIFECYCLE_PACE);
  if (round === 1) {
    await add(options.n, 'one-instant', 0);
    if (options.manySleepers > 0) await add(options.manySleepers, 'over-60-s', MANY_SPAN_MS);
  }
  return runs;
}

async function wakeAll(
  stack: BenchStack,
  driver: Driver,
  sleepers: number,
  spread: Spread,
  spanMs: number,
): Promise<WakeRun> {
  await warmUp(stack, driver);
  // Enough time to submit them all: 80 a second would do.
  const firstDueMs = Date.now() + REST_MS + sleepers * 12;
  const refs: ContinuationRef[] = [];
  await closedLoop(sleepers, CONCURRENCY, async (index) => {
    // Submitted in another order than they are due in, as sleepers of different lengths are.
    const place = (index * 7919) % sleepers;
    const wakeAt = new Date(firstDueMs + (place * spanMs) / sleepers).toISOString();
    refs.push(await driver.start(`sleeper-${spread}-${index}`, 'noop@1', { wakeAt }));
  });
  const restMs = firstDueMs - Date.now();
  if (restMs < 500)
    throw new Error(`submitting ${sleepers} sleepers took too long, ${restMs} ms left`);
  const completed = await committedEvents(stack, 'publish');
  await delay(restMs - 200);
  const cpu = cpuSnapshot(stack.processes());
  await waitCommitted(stack, 'publish', completed + sleepers);
  const drainedMs = Date.now() - firstDueMs;
  const usage = usageSince(cpu, stack.processes(), sleepers);
  const load = load1();
  const logs = await readLogs(stack, refs);
  return {
    workload: 'wake',
    components: stack.components,
    via: stack.via,
    sleepers,
    spread,
    spanMs,
    lateMs: distributionOf(logs.flatMap(wakeLateness)),
    drainedMs,
    usage,
    verified: logs.length,
    load1: load,
  };
}
