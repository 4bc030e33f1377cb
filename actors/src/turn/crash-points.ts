import { existsSync, rmSync } from 'node:fs';

/** The places in a turn where a crash leaves something different behind; tests kill the process at each of them. */
export const CRASH_POINTS = [
  'turn.loaded',
  'turn.covered',
  'turn.committed',
  'turn.effects-done',
  'turn.settled',
  'call.answered',
  'topic.committed',
  'topic.delivered',
  'step.started',
  'step.finished',
  'step.reported',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Called at every crash point with the actor id; does nothing in production. */
export type CrashHook = (point: CrashPoint, actorId: string) => void;

/**
 * A hook that stops this process (SIGSTOP) in the middle of a turn, right before its commit, as soon as a file exists;
 * the file is removed first. Somebody else has to send SIGCONT.
 */
export function freezeHookFrom(file: string): CrashHook {
  return (passed) => {
    if (passed !== 'turn.covered' || !existsSync(file)) return;
    rmSync(file);
    process.kill(process.pid, 'SIGSTOP');
  };
}

/** Does nothing. */
export const noCrash: CrashHook = () => undefined;

/**
 * A hook that kills this process with SIGKILL at the `count`-th pass of a point, as `point` or `point:count` says.
 *
 * @throws TypeError for a text that names no crash point.
 */
export function crashHookFrom(text: string): CrashHook {
  const [name, countText = '1'] = text.split(':');
  const point = CRASH_POINTS.find((candidate) => candidate === name);
  const count = Number(countText);
  if (!point || !Number.isInteger(count) || count < 1) {
    throw new TypeError(
      `'${text}' is not {point} or {point}:{count}; points are ${CRASH_POINTS.join(', ')}`,
    );
  }
  let passes = 0;
  return (passed) => {
    if (passed === point && ++passes === count) process.kill(process.pid, 'SIGKILL');
  };
}
