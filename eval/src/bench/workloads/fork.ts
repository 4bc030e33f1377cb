import type { BenchOptions, ComponentSet } from '../bench-options.ts';
import { distributionOf, type Distribution } from '../load/statistics.ts';
import { load1 } from '../report/machine.ts';
import { progress } from '../report/progress.ts';
import { startBenchStack, type BenchStack } from '../stack/bench-stack.ts';
import { connectClient } from '../stack/connect-client.ts';
import { connectDriver } from '../stack/connect-driver.ts';
import { cpuSnapshot, usageSince, type Usage } from '../stack/usage.ts';
import { forksOf, growHistories } from './fork-histories.ts';
import { growTree, listingsOf } from './fork-tree.ts';
import { warmUp } from './lifecycle.ts';
import type { TimedCalls } from './timed-calls.ts';

/** One run of forks of one continuation, or of readings of one tree. */
export interface ForkRun {
  readonly workload: 'fork';
  readonly components: ComponentSet;
  readonly what: string;
  /** Events of the forked log before the first fork, or continuations of the tree. */
  readonly size: number;
  readonly calls: number;
  /** From before the call until its answer. */
  readonly callMs: Distribution;
  /** CPU per call. */
  readonly usage: Usage;
  readonly verified: number;
  readonly load1: number;
}

interface Sizes {
  readonly events: readonly number[];
  /** Children of each continuation, by generation. */
  readonly tree: readonly number[];
  readonly calls: number;
}

const FULL: Sizes = { events: [100, 1_000, 10_000], tree: [9, 10, 10], calls: 50 };
const QUICK: Sizes = { events: [100, 1_000], tree: [9, 10], calls: 10 };

/** Forks of short and long logs, from their end and from early events; then the list of everybody in a large tree. */
export async function runFork(
  components: ComponentSet,
  options: BenchOptions,
): Promise<readonly ForkRun[]> {
  const stack = await startBenchStack(components, { ...options, via: 'api' });
  const driver = await connectDriver(stack);
  try {
    await warmUp(stack, driver);
    const client = await connectClient(stack);
    const { events, tree, calls } = options.quick ? QUICK : FULL;
    const parts = { stack, driver, client };
    const runs: ForkRun[] = [];
    const histories = await growHistories(parts, events);
    for (const history of histories) runs.push(await time(stack, forksOf(parts, history), calls));
    const root = await growTree(parts, tree);
    runs.push(await time(stack, listingsOf(parts, root), calls));
    return runs;
  } finally {
    await driver.close();
    await stack.stop();
  }
}

async function time(stack: BenchStack, timed: TimedCalls, calls: number): Promise<ForkRun> {
  const { what, size } = timed;
  const cpu = cpuSnapshot(stack.processes());
  const callMs = distributionOf(await timed.run(calls));
  const usage = usageSince(cpu, stack.processes(), calls);
  const load = load1();
  progress(
    `${what} ${stack.components} of ${size}: p50 ${callMs.p50} p99 ${callMs.p99} max ${callMs.max} ms, load1 ${load}`,
  );
  return {
    workload: 'fork',
    components: stack.components,
    what,
    size,
    calls,
    callMs,
    usage,
    verified: await timed.verify(),
    load1: load,
  };
}
