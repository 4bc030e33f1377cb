import { ContinuationStatus, StoredEvent } from '@maestro/core';
import { z } from 'zod';

/** The most events of one page. */
export const MAX_PAGE_EVENTS = 1000;

/** How long `GET /continuations/{id}/events` waits for an event at most, in seconds. */
export const MAX_WAIT_SECONDS = 30;

/** Answer of `GET /continuations/{id}/events`. */
export const EventsPage = z.object({
  /** In order, without gaps, exactly as stored. */
  events: z.array(StoredEvent),
  /** Sequence to ask for next; null when this page ends at the head. */
  next: z.int().min(1).nullable(),
  /** Where the log stood when the page was read. */
  head: z.object({
    sequence: z.int().min(1),
    hash: z.string(),
    status: ContinuationStatus,
  }),
  /** With `include=head`: the text of the head row, byte for byte as stored. */
  headRow: z.string().optional(),
});
export type EventsPage = z.infer<typeof EventsPage>;
