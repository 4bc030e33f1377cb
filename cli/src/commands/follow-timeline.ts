import type { MaestroClient } from '@maestro/client';
import type { StoredEvent } from '@maestro/core';
import { NegativeResult } from '../failure.ts';
import type { Output } from '../output.ts';
import { eventLine } from '../print/print-event.ts';

/** Prints events as they come in, until the continuation has finished. @returns the last event. */
export async function followTimeline(
  client: MaestroClient,
  id: string,
  options: { readonly output: Output; readonly from?: number; readonly signal: AbortSignal },
): Promise<StoredEvent | undefined> {
  const { output, from = 1, signal } = options;
  let last: StoredEvent | undefined;
  try {
    for await (const event of client.follow(id, { from, signal })) {
      last = event;
      output.result(event, () => [eventLine(output, event)]);
    }
  } catch (error) {
    // Ctrl-C ends the watching, not the continuation.
    if (!signal.aborted) throw error;
  }
  return last;
}

/** Prints what all continuations of the tenant commit, until the signal aborts. */
export async function followAll(
  client: MaestroClient,
  { output, signal }: { readonly output: Output; readonly signal: AbortSignal },
): Promise<void> {
  const onGap = (): void =>
    output.note(output.tone('busy', 'a lost connection has cost events: some are missing here'));
  try {
    for await (const event of client.followTenant({ signal, onGap })) {
      output.result(event, () => [`${event.continuation} ${eventLine(output, event)}`]);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** A follower learns by the exit code whether it ended well. */
export function requireCompletion(last: StoredEvent | undefined): void {
  if (last?.type === 'kill' || last?.type === 'error') throw new NegativeResult(last.type);
}
