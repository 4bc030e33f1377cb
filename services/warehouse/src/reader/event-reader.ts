import {
  MaestroError,
  TenantSlug,
  ContinuationId,
  type ContinuationRef,
  type EventLog,
} from '@maestro/core';
import { z } from 'zod';

/** Rows of one log that follow on each other, as the topic or a change feed hands them over. */
export const EventRows = z.object({
  tenant: TenantSlug,
  continuation: ContinuationId,
  /** Sequence of the first row. */
  from: z.int().min(1),
  rows: z.array(z.string()).min(1),
});
export type EventRows = z.infer<typeof EventRows>;

/** Keeps events: what it has taken it has for good, and it knows how far it has come. */
export interface EventSink {
  /** Sequence of the last event of a continuation that it has; 0 for none. */
  position(ref: ContinuationRef): Promise<number>;
  /** Takes rows that follow on its position. Rejects to have them again. */
  append(ref: ContinuationRef, from: number, rows: readonly string[]): Promise<void>;
}

/** What a reader has done so far. */
export interface ReaderCounts {
  /** Events handed to the sink. */
  readonly appended: number;
  /** Events that had been handed over before: another source was faster, or a message came again. */
  readonly known: number;
  /** Events that no source had brought and that were read from the log: lost messages, found by the hole they leave. */
  readonly repaired: number;
}

const PAGE = 200;

/**
 * Brings events from any number of sources to one sink: each once and in order, whatever comes twice, out of order or
 * not at all. Sequences have no gaps, so a message that comes too early shows what is missing, and the log has it.
 */
export class EventReader {
  readonly #log: Pick<EventLog, 'readRange'>;
  readonly #sink: EventSink;
  readonly #busy = new Map<string, Promise<void>>();
  #counts = { appended: 0, known: 0, repaired: 0 };

  constructor(log: Pick<EventLog, 'readRange'>, sink: EventSink) {
    this.#log = log;
    this.#sink = sink;
  }

  get counts(): ReaderCounts {
    return { ...this.#counts };
  }

  /**
   * Takes rows; when it resolves, the sink has them.
   *
   * @throws MaestroError `request.invalid`, not retryable, for what is no rows of a log.
   */
  async take(message: unknown): Promise<void> {
    const parsed = EventRows.safeParse(message);
    if (!parsed.success) {
      throw new MaestroError(
        'request.invalid',
        `not rows of a log: ${z.prettifyError(parsed.error)}`,
      );
    }
    const { tenant, continuation, from, rows } = parsed.data;
    await this.#oneAtATime(`${tenant}:${continuation}`, () =>
      this.#append({ tenant, id: continuation }, from, rows),
    );
  }

  async #append(ref: ContinuationRef, from: number, rows: readonly string[]): Promise<void> {
    let position = await this.#sink.position(ref);
    while (position + 1 < from) {
      const missing = await this.#log.readRange(
        ref,
        position + 1,
        Math.min(PAGE, from - 1 - position),
      );
      if (missing.length === 0) {
        throw new MaestroError(
          'sidecar.unavailable',
          `event ${position + 1} of ${ref.id} cannot be read yet, but event ${from} is there`,
        );
      }
      await this.#sink.append(ref, position + 1, missing);
      this.#counts.repaired += missing.length;
      this.#counts.appended += missing.length;
      position += missing.length;
    }
    const fresh = rows.slice(position + 1 - from);
    this.#counts.known += rows.length - fresh.length;
    if (fresh.length === 0) return;
    await this.#sink.append(ref, position + 1, fresh);
    this.#counts.appended += fresh.length;
  }

  /** Sources run beside each other; the rows of one continuation must not. */
  async #oneAtATime(key: string, work: () => Promise<void>): Promise<void> {
    const before = this.#busy.get(key) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(work);
    this.#busy.set(key, mine);
    try {
      await mine;
    } finally {
      if (this.#busy.get(key) === mine) this.#busy.delete(key);
    }
  }
}
