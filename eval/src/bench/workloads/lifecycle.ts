import type { ContinuationRef, StoredEvent } from '@maestro/core';
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchOptions, ComponentSet } from '../bench-options.ts';
import { closedLoop } from '../load/closed-loop.ts';
import { distributionOf, rounded, type Distribution } from '../load/statistics.ts';
import { load1 } from '../report/machine.ts';
import { progress } from '../report/progress.ts';
import { startBenchStack, type BenchStack } from '../stack/bench-stack.ts';
import { committedEvents, waitCommitted } from '../stack/committed-events.ts';
import { connectDriver } from '../stack/connect-driver.ts';
import type { Driver } from '../stack/driver.ts';
import { recordDaprd } from '../stack/profiling.ts';
import { readVerifiedLog } from '../stack/read-log.ts';
import { cpuSnapshot, usageSince, type Usage } from '../stack/usage.ts';
import { wakeLateness } from './wake-lateness.ts';

/** One run of N noop continuations with a sleep of 1 s. */
export interface LifecycleRun {
  readonly workload: 'lifecycle';
  readonly components: ComponentSet;
  readonly via: string;
  readonly n: number;
  readonly concurrency: number;
  readonly acceptedPerSecond: number;
  readonly acceptMs: Distribution;
  /** N / (last completion - first submission - the sleep). */
  readonly completedPerSecond: number;
  readonly lateMs: Distribution;
  readonly usage: Usage;
  readonly eventsPerCommit: number;
  readonly verified: number;
  readonly load1: number;
}

/** Calls under way at a time. */
export const CONCURRENCY = 64;
/** How long each continuation sleeps, in ms. */
export const SLEEP_MS = 1000;
const WARM_UP = 100;

/** Warms compilers, connections and caches up; not counted. */
export async function warmUp(stack: BenchStack, driver: Driver): Promise<void> {
  const before = await committedEvents(stack, 'publish');
  await closedLoop(WARM_UP, 16, async (index) => {
    await driver.start(`warm-up-${index}`, 'noop@1', { sleepMs: 200 });
  });
  await waitCommitted(stack, 'publish', before + WARM_UP);
  await delay(500);
}

/** Runs `options.n` lives on a fresh stack. */
export async function runLifecycle(
  components: ComponentSet,
  options: BenchOptions,
): Promise<LifecycleRun> {
  const stack = await startBenchStack(components, options);
  const driver = await connectDriver(stack);
  try {
    await warmUp(stack, driver);
    const { n } = options;
    const recording = options.profile ? recordDaprd(options, 4) : undefined;
    const refs: ContinuationRef[] = [];
    const acceptMs: number[] = [];
    const completed = await committedEvents(stack, 'publish');
    const cpu = cpuSnapshot(stack.processes());
    const startedAt = performance.now();
    await closedLoop(n, CONCURRENCY, async (index) => {
      const from = performance.now();
      refs.push(await driver.start(`life-${index}`, 'noop@1', { sleepMs: SLEEP_MS }));
      acceptMs.push(performance.now() - from);
    });
    const acceptedAt = performance.now();
    await waitCommitted(stack, 'publish', completed + n);
    const completedAt = performance.now();
    const usage = usageSince(cpu, stack.processes(), n);
    const load = load1();
    if (recording) progress(`daprd's profile: ${await recording}`);

    // The prototype's log is no log of Maestro's.
    const logs = options.via === 'prototype' ? [] : await readLogs(stack, refs);
    const run: LifecycleRun = {
      workload: 'lifecycle',
      components,
      via: options.broker && components !== 'local' ? `${options.via}, broker` : options.via,
      n,
      concurrency: CONCURRENCY,
      acceptedPerSecond: rounded((n * 1000) / (acceptedAt - startedAt)),
      acceptMs: distributionOf(acceptMs),
      completedPerSecond: rounded((n * 1000) / (completedAt - startedAt - SLEEP_MS)),
      lateMs: distributionOf(logs.flatMap(wakeLateness)),
      usage,
      eventsPerCommit: eventsPerCommit(logs),
      verified: logs.length,
      load1: load,
    };
    progress(
      `lifecycle ${components} via ${options.via}: ${run.completedPerSecond}/s, ${usage.cpuMsEachTotal} ms CPU each, ` +
        `late p99 ${run.lateMs.p99} ms, load1 ${load}`,
    );
    return run;
  } finally {
    await driver.close();
    await stack.stop();
  }
}

/** Reads and verifies logs of continuations that have completed. @throws Error when one has not. */
export async function readLogs(
  stack: BenchStack,
  refs: readonly ContinuationRef[],
): Promise<readonly (readonly StoredEvent[])[]> {
  const logs: (readonly StoredEvent[])[] = [];
  await closedLoop(refs.length, 16, async (index) => {
    const ref = refs[index];
    if (!ref) return;
    const log = await readVerifiedLog(stack.store, ref);
    const last = log.at(-1);
    if (last?.type !== 'publish') throw new Error(`${ref.id} has not completed: ${last?.type}`);
    logs.push(log);
  });
  return logs;
}

function eventsPerCommit(logs: readonly (readonly StoredEvent[])[]): number {
  const events = logs.flat();
  return rounded(events.length / new Set(events.map(({ commit }) => commit)).size, 2);
}
