import type { EventsPage, MaestroClient } from '@maestro/client';
import { MaestroError, StoredEvent } from '@maestro/core';
import type { HeadClaim } from './verify-log.ts';

const PAGE = 500;

/** A log as the API gives it, and the head that its last page came with. */
export class RemoteLog {
  readonly #client: Pick<MaestroClient, 'events'>;
  readonly #id: string;
  readonly #signal: AbortSignal | undefined;
  readonly #from: number;
  /** The head, once the events have been read. */
  head: HeadClaim | undefined;

  /** @param from sequence of the first event. */
  constructor(
    client: Pick<MaestroClient, 'events'>,
    id: string,
    signal: AbortSignal | undefined,
    from = 1,
  ) {
    this.#from = from;
    this.#client = client;
    this.#id = id;
    this.#signal = signal;
  }

  /** The events, in order, up to the head. @throws MaestroError `log.corrupt` for a row that is no event. */
  async *events(): AsyncGenerator<StoredEvent, void> {
    let from: number | null = this.#from;
    while (from !== null) {
      const page: EventsPage = await this.#client.events(this.#id, {
        from,
        limit: PAGE,
        includeHead: true,
        ...(this.#signal ? { signal: this.#signal } : {}),
      });
      for (const [index, event] of page.events.entries()) yield checked(event, from + index);
      this.head = { sequence: page.head.sequence, row: page.headRow };
      from = page.next;
    }
  }
}

/** A row that is JSON but no event any more was tampered with like any other. */
function checked(event: unknown, sequence: number): StoredEvent {
  const parsed = StoredEvent.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new MaestroError('log.corrupt', `event ${sequence} is not an event`);
}
