import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { withFileLock } from './file-lock.ts';

/** Above every pid a system gives out. */
const DEAD_PID = 2 ** 30;

function lockFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'lock');
}

it('lets one work at a time and removes the lock afterwards', async () => {
  const file = lockFile();
  const order: string[] = [];
  const work = async (name: string): Promise<void> =>
    await withFileLock({ file, everyMs: 5 }, async () => {
      order.push(`${name} in`);
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
      order.push(`${name} out`);
    });
  await Promise.all([work('a'), work('b'), work('c')]);
  expect(order).toHaveLength(6);
  for (let index = 0; index < 6; index += 2) {
    expect(order[index + 1]).toBe(order[index]?.replace('in', 'out'));
  }
  expect(existsSync(file)).toBe(false);
});

it('takes over the lock of a process that has died', async () => {
  const file = lockFile();
  writeFileSync(file, String(DEAD_PID));
  await expect(withFileLock({ file, everyMs: 5 }, async () => 'done')).resolves.toBe('done');
});

it('gives the lock back when the work fails', async () => {
  const file = lockFile();
  const failing = withFileLock({ file }, async () => await Promise.reject(new Error('broken')));
  await expect(failing).rejects.toThrow('broken');
  expect(existsSync(file)).toBe(false);
});
