import path from 'node:path';
import type { ChaosOptions } from './chaos-options.ts';
import { startChaosStack, WORKERS, type WorkerName } from './chaos-stack.ts';
import { inject, type Freeze } from './faults.ts';
import { Fleet } from './fleet.ts';
import { verifyFleet } from './verify-fleet.ts';
import { readWorkerLog } from './worker-log.ts';

/** Time between two faults, in ms. */
const CALM_MS = 4_000;

/**
 * One chaos run.
 *
 * @returns what failed, a line each; empty when everything held.
 */
export async function runChaos(
  options: ChaosOptions,
  dataDir: string,
  say: (line: string) => void,
): Promise<readonly string[]> {
  const chaos = await startChaosStack(options, dataDir);
  try {
    const fleet = new Fleet(options, chaos.continuations, chaos.store);
    const startedAt = performance.now();
    const elapsed = (): string =>
      `${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s`;
    const submitting = fleet.submitAll(Math.min(options.rounds, 4) * 10_000);
    const freezes: Freeze[] = [];
    for (let round = 0; round < options.rounds; round++) {
      await new Promise((resolve) => setTimeout(resolve, CALM_MS));
      const fault = options.faults[round % options.faults.length] ?? 'kill-worker';
      const victim = WORKERS[round % WORKERS.length] ?? WORKERS[0];
      say(
        `${elapsed()}  round ${round + 1} of ${options.rounds}: ${fault} (${victim}), ${fleet.submitted} submitted, ${await fleet.countFinished()} finished`,
      );
      const freeze = await inject(fault, victim, chaos, fleet, options.freezeMs);
      if (freeze) freezes.push(freeze);
    }
    await submitting;
    const done = await finish(fleet, options, (finished) =>
      say(`${elapsed()}  ${finished} of ${options.continuations} finished`),
    );
    const logs = Object.fromEntries(
      WORKERS.map((worker) => [worker, readWorkerLog(path.join(dataDir, 'logs', `${worker}.log`))]),
    ) as Record<WorkerName, ReturnType<typeof readWorkerLog>>;
    const refused = Object.values(logs).flatMap(({ fenced }) =>
      fenced.filter(({ result }) => result === 'conflict').map(({ commitId }) => commitId),
    );
    const report = await verifyFleet(
      fleet.members.map(({ ref }) => ref),
      chaos.store,
      new Set(refused),
    );
    const takeovers = Object.values(logs).reduce((sum, log) => sum + log.takeovers.length, 0);
    say(
      `${elapsed()}  ${report.events} events, ${report.wakes} wakes (latest ${report.maxLateMs} ms late), ${report.attempts} step attempts, ${takeovers} take-overs, ${refused.length} commits refused, ${fleet.repeated} submissions repeated`,
    );
    return [
      ...freezes.flatMap((freeze) => freezeFailures(freeze, logs, say)),
      ...(freezes.length === 0 && options.faults.includes('freeze-worker')
        ? ['no worker was frozen: run at least 3 rounds']
        : []),
      ...(done < options.continuations
        ? [`${options.continuations - done} continuations did not finish`]
        : []),
      ...report.faults.slice(0, 20).map(({ id, fault }) => `${id}: ${fault}`),
    ];
  } finally {
    await chaos.close();
  }
}

async function finish(
  fleet: Fleet,
  options: ChaosOptions,
  progress: (finished: number) => void,
): Promise<number> {
  const deadline = performance.now() + options.finishWithinMs;
  for (let round = 0; ; round++) {
    const finished = await fleet.countFinished();
    if (finished === options.continuations || performance.now() > deadline) return finished;
    if (round % 5 === 0) progress(finished);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
  }
}

/** A freeze must have done what it is for: the other worker took over meanwhile, and the frozen one's commit was refused afterwards. */
function freezeFailures(
  { worker, frozenAtMs, thawedAtMs }: Freeze,
  logs: Record<WorkerName, ReturnType<typeof readWorkerLog>>,
  say: (line: string) => void,
): string[] {
  const other = WORKERS.find((name) => name !== worker) ?? WORKERS[0];
  const raised = new Set(
    logs[other].takeovers
      .filter(({ atMs }) => atMs >= frozenAtMs && atMs <= thawedAtMs)
      .map(({ id }) => id),
  );
  const refused = logs[worker].fenced.filter(
    ({ result, atMs }) =>
      result === 'conflict' && atMs >= thawedAtMs && atMs <= thawedAtMs + 30_000,
  );
  const ofThose = refused.filter(({ id }) => raised.has(id)).length;
  say(
    `        freeze of ${worker}: ${raised.size} continuations taken over by ${other} meanwhile, ${refused.length} commits of ${worker} refused afterwards, ${ofThose} of them on what had been taken over`,
  );
  return [
    ...(raised.size === 0 ? [`${other} took nothing over while ${worker} was frozen`] : []),
    ...(ofThose === 0
      ? [
          `${worker} tried no commit on what ${other} had taken over that was refused after the freeze`,
        ]
      : []),
  ];
}
