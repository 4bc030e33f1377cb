import { loadRecipes } from '@maestro/actors';
import type { ContinuationRef, LogCommit } from '@maestro/core';
import type { BenchOptions, ComponentSet } from '../bench-options.ts';
import { closedLoop } from '../load/closed-loop.ts';
import { noopCommits, type Grouping } from '../load/noop-commits.ts';
import { openLoop } from '../load/open-loop.ts';
import { distributionOf, rounded, type Distribution } from '../load/statistics.ts';
import { load1 } from '../report/machine.ts';
import { progress } from '../report/progress.ts';
import { startBenchStack, type BenchStack } from '../stack/bench-stack.ts';
import { readVerifiedLog } from '../stack/read-log.ts';
import { cpuSnapshot, usageSince, type Usage } from '../stack/usage.ts';

/** One run of commits through the fenced store and the sidecar, without actors and reminders. */
export interface AppendRun {
  readonly workload: 'append';
  readonly components: ComponentSet;
  /** `open`: a steady rate, measured from the scheduled instant. `closed`: as fast as 64 callers can. */
  readonly loop: 'open' | 'closed';
  readonly grouping: Grouping;
  readonly offeredEventsPerSecond: number | null;
  readonly seconds: number;
  readonly events: number;
  readonly commits: number;
  readonly eventsPerCommit: number;
  /** Mean bytes of a commit: its rows and the head. */
  readonly bytesPerCommit: number;
  readonly eventsPerSecond: number;
  readonly commitMs: Distribution;
  readonly failures: number;
  readonly maxStartLagMs: number;
  /** CPU per event. */
  readonly usage: Usage;
  readonly verified: number;
  readonly load1: number;
}

const RATE = 1000;
const CLOSED_CONCURRENCY = 64;
const WARM_UP_SECONDS = 3;

/** Open loop at 1,000 events/s in both groupings, then the most that 64 callers get through. */
export async function runAppend(
  components: ComponentSet,
  options: BenchOptions,
): Promise<readonly AppendRun[]> {
  const stack = await startBenchStack(components, options);
  try {
    const runs: AppendRun[] = [];
    for (const [loop, grouping] of [
      ['open', 'as-committed'],
      ['open', 'one-per-commit'],
      ['closed', 'as-committed'],
    ] as const) {
      const run = await append(stack, options, loop, grouping);
      progress(
        `append ${components} ${loop} ${grouping}: ${run.eventsPerSecond} events/s, p50 ${run.commitMs.p50} ` +
          `p99 ${run.commitMs.p99} max ${run.commitMs.max} ms, load1 ${run.load1}`,
      );
      runs.push(run);
    }
    return runs;
  } finally {
    await stack.stop();
  }
}

async function append(
  stack: BenchStack,
  options: BenchOptions,
  loop: 'open' | 'closed',
  grouping: Grouping,
): Promise<AppendRun> {
  const recipes = await loadRecipes(['@maestro/recipes']);
  const perSecond = grouping === 'as-committed' ? RATE / 3.5 : RATE;
  const make = (name: string, seconds: number): readonly LogCommit[] => {
    const lives = Math.ceil((RATE * seconds) / 7);
    return noopCommits(recipes, `${loop}-${grouping}-${name}`, lives, perSecond, grouping);
  };
  const write = async (commit: LogCommit): Promise<void> => {
    const result = await stack.store.commit(commit);
    if (result !== 'committed') throw new Error(`a commit ended as ${result}`);
  };
  const warmUp = make('warm-up', WARM_UP_SECONDS);
  await openLoop(warmUp.length, perSecond, async (index) => await write(at(warmUp, index)));

  // Made beforehand: sealing is the worker's cost and is measured in the lifecycle.
  const commits = make('measured', options.appendSeconds);
  const commitMs: number[] = [];
  const cpu = cpuSnapshot(stack.processes());
  const startedAt = performance.now();
  let failures = 0;
  let maxStartLagMs = 0;
  if (loop === 'open') {
    const result = await openLoop(commits.length, perSecond, async (index) => {
      await write(at(commits, index));
    });
    commitMs.push(...result.latenciesMs);
    failures = result.failures.length;
    maxStartLagMs = rounded(result.maxStartLagMs);
    if (failures > 0) progress(`first failure: ${String(result.failures[0])}`);
  } else {
    await closedLoop(commits.length, CLOSED_CONCURRENCY, async (index) => {
      const from = performance.now();
      await write(at(commits, index));
      commitMs.push(performance.now() - from);
    });
  }
  const durationMs = performance.now() - startedAt;
  const events = commits.reduce((sum, { entries }) => sum + entries.length, 0);
  const usage = usageSince(cpu, stack.processes(), events);
  const load = load1();
  return {
    workload: 'append',
    components: stack.components,
    loop,
    grouping,
    offeredEventsPerSecond: loop === 'open' ? RATE : null,
    seconds: rounded(durationMs / 1000),
    events,
    commits: commits.length,
    eventsPerCommit: rounded(events / commits.length, 2),
    bytesPerCommit: Math.round(
      commits.reduce((sum, { entries, head }) => sum + entries.join('').length + head.length, 0) /
        commits.length,
    ),
    eventsPerSecond: rounded((events * 1000) / durationMs),
    commitMs: distributionOf(commitMs),
    failures,
    maxStartLagMs,
    usage,
    verified: await verify(stack, commits),
    load1: load,
  };
}

function at(commits: readonly LogCommit[], index: number): LogCommit {
  const commit = commits[index];
  if (!commit) throw new RangeError(`no commit ${index}`);
  return commit;
}

/** Reads every log back and verifies chain and head. */
async function verify(stack: BenchStack, commits: readonly LogCommit[]): Promise<number> {
  const refs = [
    ...new Map(commits.map(({ ref }): [string, ContinuationRef] => [ref.id, ref])).values(),
  ];
  await closedLoop(refs.length, 16, async (index) => {
    const ref = refs[index];
    if (!ref) return;
    const log = await readVerifiedLog(stack.store, ref);
    if (log.length !== 7) throw new Error(`${ref.id} has ${log.length} events instead of 7`);
  });
  return refs.length;
}
