import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from '../processes/error-code.ts';

/** How to wait for a lock file. */
export interface FileLockOptions {
  readonly file: string;
  /** Called once when another process holds the lock. */
  readonly onWait?: ((holder: string) => void) | undefined;
  readonly everyMs?: number | undefined;
}

function holderOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function isAlive(holder: string): boolean {
  try {
    return /^\d+$/.test(holder) && process.kill(Number(holder), 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/**
 * Runs `work` while this process holds a lock file with its pid. A lock whose process has died is
 * taken over; the lock goes away when the work ends or the process exits.
 */
export async function withFileLock<T>(
  options: FileLockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const { file, onWait, everyMs = 500 } = options;
  mkdirSync(dirname(file), { recursive: true });
  let waited = false;
  let dead = 0;
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    const holder = holderOf(file);
    if (holder !== undefined && !isAlive(holder)) {
      // Seen dead twice: not just a holder that has created the file and not yet written its pid.
      dead += 1;
      if (dead >= 2) rmSync(file, { force: true });
    } else if (holder !== undefined && !waited) {
      waited = true;
      onWait?.(holder);
    }
    await delay(dead > 0 ? 50 : everyMs);
  }
  const release = (): void => {
    rmSync(file, { force: true });
  };
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}
