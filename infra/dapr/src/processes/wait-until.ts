import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { logTail } from './log-tail.ts';
import type { ManagedProcess } from './managed-process.ts';

/** What to wait for and how long. */
export interface WaitOptions {
  /** Completes the sentence "... in time: ", as in "daprd worker is healthy". */
  readonly what: string;
  readonly timeoutMs: number;
  readonly everyMs?: number | undefined;
  /** When this process ends, so does the wait, with the end of its log in the error. */
  readonly process?: ManagedProcess | undefined;
  /** True when it is there; a rejection counts as "not yet" and is quoted in the error. */
  readonly check: () => Promise<boolean>;
}

function whyNot(options: WaitOptions, reason: string): Error {
  const { process: managed } = options;
  const tail = managed === undefined ? '' : logTail(managed.logFile);
  const where = managed === undefined ? '' : `\nlast lines of ${managed.logFile}:\n${tail}`;
  return new Error(`waited for "${options.what}": ${reason}${where}`);
}

/** Polls until the check holds; throws with the reason and the end of the process's log otherwise. */
export async function waitUntil(options: WaitOptions): Promise<void> {
  const end = performance.now() + options.timeoutMs;
  let last = 'the answer was no';
  for (;;) {
    if (options.process?.running === false) {
      const { code, signal } = await options.process.exited;
      throw whyNot(options, `${options.process.name} ended with ${signal ?? `code ${code}`}`);
    }
    try {
      if (await options.check()) return;
      last = 'the answer was no';
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (performance.now() > end) throw whyNot(options, `not in ${options.timeoutMs} ms (${last})`);
    await delay(options.everyMs ?? 50);
  }
}

/** True when something listens on this port of 127.0.0.1; rejects otherwise. */
export async function portAnswers(port: number): Promise<boolean> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('timeout', () => socket.destroy(new Error(`no answer on port ${port}`)));
    socket.on('error', reject);
  });
}
