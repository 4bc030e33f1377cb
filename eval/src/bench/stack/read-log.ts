import {
  LogVerifier,
  parseStoredEvent,
  type ContinuationRef,
  type StoredEvent,
} from '@maestro/core';
import type { FencedStore } from '@maestro/actors';

const PAGE = 20;

/** Reads a whole log and verifies its hash chain and its head. @throws Error naming the continuation and the fault. */
export async function readVerifiedLog(
  store: FencedStore,
  ref: ContinuationRef,
): Promise<readonly StoredEvent[]> {
  const verifier = new LogVerifier(ref);
  const events: StoredEvent[] = [];
  for (;;) {
    const rows = await store.readRange(ref, events.length + 1, PAGE);
    for (const row of rows) {
      const event = parseStoredEvent(row);
      const fault = verifier.add(event);
      if (fault) throw new Error(`the log of ${ref.id} is broken: ${JSON.stringify(fault)}`);
      events.push(event);
    }
    if (rows.length < PAGE) break;
  }
  if ((await store.readHead(ref)) !== verifier.head) {
    throw new Error(`the head of ${ref.id} is not what its log folds to`);
  }
  return events;
}
