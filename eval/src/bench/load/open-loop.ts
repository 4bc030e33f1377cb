import { setTimeout as delay } from 'node:timers/promises';

/** What an open loop saw. */
export interface OpenLoopResult {
  /** From the instant a job was scheduled for to its end, in ms, in the order of the schedule. */
  readonly latenciesMs: readonly number[];
  /** How late jobs were started by this process, worst case, in ms; part of the latencies. */
  readonly maxStartLagMs: number;
  readonly failures: readonly unknown[];
  /** From the first scheduled instant to the end of the last job, in ms. */
  readonly durationMs: number;
}

/**
 * Starts jobs at a steady rate, whether or not earlier ones have ended, and measures each from the instant it was
 * scheduled for: a stall delays every job that falls into it, and each of them shows it.
 */
export async function openLoop(
  jobs: number,
  perSecond: number,
  job: (index: number) => Promise<void>,
): Promise<OpenLoopResult> {
  const startedAt = performance.now() + 10;
  const latenciesMs: number[] = Array.from({ length: jobs }, () => Number.NaN);
  const failures: unknown[] = [];
  const underWay: Promise<void>[] = [];
  let maxStartLagMs = 0;
  const run = async (index: number, scheduledAt: number): Promise<void> => {
    try {
      await job(index);
      latenciesMs[index] = performance.now() - scheduledAt;
    } catch (error) {
      failures.push(error);
    }
  };
  for (let index = 0; index < jobs; index++) {
    const scheduledAt = startedAt + (index * 1000) / perSecond;
    const waitMs = scheduledAt - performance.now();
    if (waitMs > 0) await delay(Math.ceil(waitMs));
    maxStartLagMs = Math.max(maxStartLagMs, performance.now() - scheduledAt);
    underWay.push(run(index, scheduledAt));
  }
  await Promise.all(underWay);
  return {
    latenciesMs: latenciesMs.filter((latency) => !Number.isNaN(latency)),
    maxStartLagMs,
    failures,
    durationMs: performance.now() - startedAt,
  };
}
