import type { StoredEvent } from '@maestro/core';
import { liveMessages } from './live-messages.ts';
import type { Transport } from './transport.ts';

/**
 * The events of a continuation from a sequence on, as they are committed; ends when the continuation has finished.
 * A lost connection is opened again where it broke off: no event is left out or given twice.
 */
export async function* followEvents(
  transport: Transport,
  path: string,
  options: { readonly from?: number; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<StoredEvent, void> {
  const { signal } = options;
  let next = options.from ?? 1;
  const lastEventId = (): string => String(next - 1);
  for await (const { event, data } of liveMessages(transport, { path, lastEventId, signal })) {
    if (event === 'end') return;
    const stored = JSON.parse(data) as StoredEvent;
    if (stored.sequence < next) continue;
    next = stored.sequence + 1;
    yield stored;
  }
}
