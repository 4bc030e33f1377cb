import type { StoredEvent } from '@maestro/core';
import { wakesOf } from './one-wake.ts';
import { BATCH, itemId } from './stream-plan.ts';

/** What the logs say about who was woken. */
export interface StreamVerdict {
  /** Who should have been woken by an item and was not. */
  readonly missed: number;
  /** Wakes too many: a second one, one by another item, or of somebody whom no item was meant for. */
  readonly doubled: number;
  /** From the publishing call to the start of the turn that woke, in ms. */
  readonly sinceCallMs: readonly number[];
  /** From the instant that the stream noted for the item to the start of the turn that woke, in ms. */
  readonly sinceStoredMs: readonly number[];
}

/**
 * Compares logs with what was published.
 *
 * @param logs by number of the subscription.
 * @param expected the item meant for a subscription; nobody else may have been woken.
 * @param calledAtMs when each batch was published, in ms since the epoch.
 */
export function judgeStream(
  logs: readonly (readonly StoredEvent[])[],
  expected: ReadonlyMap<number, number>,
  calledAtMs: readonly number[],
): StreamVerdict {
  let missed = 0;
  let doubled = 0;
  const sinceCallMs: number[] = [];
  const sinceStoredMs: number[] = [];
  for (const [index, log] of logs.entries()) {
    const item = expected.get(index);
    const wakes = wakesOf(log);
    const meant = wakes.find(
      (wake) => item !== undefined && wake.kind === 'stream' && wake.itemId === itemId(item),
    );
    if (item !== undefined && !meant) missed++;
    doubled += wakes.length - (meant ? 1 : 0);
    if (item === undefined || !meant) continue;
    sinceCallMs.push(meant.atMs - (calledAtMs[Math.floor(item / BATCH)] ?? Number.NaN));
    sinceStoredMs.push(meant.lateMs);
  }
  return { missed, doubled, sinceCallMs, sinceStoredMs };
}
