import { EVENTS_TOPIC, type EventsMessage } from '@maestro/actors';
import type { StreamBus } from '@maestro/core';
import { z } from 'zod';

const CommitMessage = z.looseObject({
  tenant: z.string(),
  continuation: z.string(),
  from: z.int().min(1),
  to: z.int().min(1),
});

/** What was committed, by whom: events `from` to `to` of a log. */
export type Commit = Omit<EventsMessage, 'rows'>;

/** Calls back on every commit that a bus tells of, until the signal aborts. */
export function onCommits(
  bus: StreamBus,
  until: AbortSignal,
  listener: (commit: Commit) => void,
): void {
  const unsubscribe = bus.subscribe(EVENTS_TOPIC, async ({ data }) => {
    const commit = CommitMessage.safeParse(data);
    if (commit.success) listener(commit.data);
  });
  until.addEventListener('abort', unsubscribe, { once: true });
}
