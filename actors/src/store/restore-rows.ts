import {
  headKey,
  logKey,
  MaestroError,
  partitionKeyOf,
  type LogRestore,
  type RestoreResult,
} from '@maestro/core';
import type { RowStore, RowWrite } from './row-store.ts';

/**
 * Writes the rows of a restore that are not there yet, all of them or none. A read that lags behind makes the write fail,
 * because every row is create-only; so does a lost answer: both are settled by looking again.
 */
export async function restoreRows(
  rows: RowStore,
  restore: LogRestore,
  limits: { readonly timeoutMs: number; readonly retryDelayMs: number },
  signal?: AbortSignal,
): Promise<RestoreResult> {
  const deadline = performance.now() + limits.timeoutMs;
  const partition = partitionKeyOf(restore.ref);
  const wanted = rowsOf(restore);
  const keys = wanted.map(({ key }) => key);
  for (let delayMs = limits.retryDelayMs; ; delayMs = Math.min(delayMs * 2, 1000)) {
    let failure: unknown;
    try {
      const there = await rows.readMany(partition, keys, signal);
      if (wanted.some(({ value }, index) => (there[index] ?? value) !== value)) return 'conflict';
      const missing = wanted.filter((_, index) => there[index] === undefined);
      if (missing.length === 0) return 'present';
      await rows.write(partition, missing, signal);
      return 'restored';
    } catch (error) {
      failure = error;
    }
    if (performance.now() + delayMs > deadline || signal?.aborted) {
      throw new MaestroError(
        'commit.outcome_unknown',
        `the store did not say whether it stored the rows of ${restore.ref.id} from ${restore.from} on; send them again`,
        { cause: failure },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, delayMs));
  }
}

function rowsOf({ ref, from, entries, head }: LogRestore): readonly RowWrite[] {
  return [
    ...entries.map((value, index) => ({ key: logKey(ref, from + index), value, createOnly: true })),
    ...(head === undefined ? [] : [{ key: headKey(ref), value: head, createOnly: true }]),
  ];
}
