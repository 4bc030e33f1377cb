import type { ContinuationRef } from '@maestro/core';
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchOptions, ComponentSet } from '../bench-options.ts';
import { closedLoop } from '../load/closed-loop.ts';
import { distributionOf, rounded, type Distribution } from '../load/statistics.ts';
import { load1 } from '../report/machine.ts';
import { progress } from '../report/progress.ts';
import { startBenchStack } from '../stack/bench-stack.ts';
import { connectDriver } from '../stack/connect-driver.ts';
import { cpuSnapshot, usageSince, type Usage } from '../stack/usage.ts';
import { CONCURRENCY, readLogs, warmUp } from './lifecycle.ts';

/** One run of wakes of waiting continuations. */
export interface SignalRun {
  readonly workload: 'signal' | 'wakes-by';
  readonly components: ComponentSet;
  readonly via: string;
  /** What wakes. */
  readonly by: string;
  readonly n: number;
  readonly concurrency: number;
  /**
   * Of a signal: from before the client's call until its answer, which comes after the commit that holds the signal, the wake, what
   * the continuation did next, and its completion. Of others: until the completion has reached a client that follows
   * the woken one.
   */
  readonly resumedMs: Distribution;
  /** By the logs: from the instant of the item or the sibling's artifact to that of the turn that it woke; none of a signal. */
  readonly wokenMs: Distribution;
  readonly perSecond: number;
  readonly usage: Usage;
  readonly verified: number;
  readonly load1: number;
}

/** Continuations of one run at most. */
export const MOST_WAITING = 500;
/** Longer than the reminder that covers a spawn: measured are continuations that have waited for a while. */
export const REST_MS = 7_000;

/** Signals at concurrency 16, then 1. */
export async function runSignal(
  components: ComponentSet,
  options: BenchOptions,
): Promise<readonly SignalRun[]> {
  const stack = await startBenchStack(components, options);
  const driver = await connectDriver(stack);
  try {
    await warmUp(stack, driver);
    const n = Math.min(options.n, MOST_WAITING);
    const runs: SignalRun[] = [];
    for (const concurrency of [16, 1]) {
      const refs: ContinuationRef[] = [];
      await closedLoop(n, CONCURRENCY, async (index) => {
        refs.push(await driver.start(`wait-${concurrency}-${index}`, 'wait@1', {}));
      });
      await delay(REST_MS);
      const resumedMs: number[] = [];
      const cpu = cpuSnapshot(stack.processes());
      const startedAt = performance.now();
      await closedLoop(n, concurrency, async (index) => {
        const ref = refs[index];
        if (!ref) return;
        const from = performance.now();
        await driver.signal(ref, 'go');
        resumedMs.push(performance.now() - from);
      });
      const durationMs = performance.now() - startedAt;
      const usage = usageSince(cpu, stack.processes(), n);
      const load = load1();
      const logs = await readLogs(stack, refs);
      const run: SignalRun = {
        workload: 'signal',
        components,
        via: options.via,
        by: 'signal',
        n,
        concurrency,
        resumedMs: distributionOf(resumedMs),
        wokenMs: distributionOf([]),
        perSecond: rounded((n * 1000) / durationMs),
        usage,
        verified: logs.length,
        load1: load,
      };
      progress(
        `signal ${components} via ${options.via} c${concurrency}: p50 ${run.resumedMs.p50} ` +
          `p99 ${run.resumedMs.p99} ms, ${run.perSecond}/s, load1 ${load}`,
      );
      runs.push(run);
    }
    return runs;
  } finally {
    await driver.close();
    await stack.stop();
  }
}
