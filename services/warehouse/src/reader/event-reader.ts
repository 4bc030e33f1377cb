import {
  MaestroError,
  partitionKeyOf,
  TenantSlug,
  ContinuationId,
  type ContinuationRef,
  type EventLog,
} from '@maestro/core';
import { z } from 'zod';

/** Events of one log that follow on each other, as the topic tells of them: `EventsMessage` of `@maestro/actors`. */
const EventRows = z
  .object({
    tenant: TenantSlug,
    continuation: ContinuationId,
    from: z.int().min(1),
    to: z.int().min(1),
    /** None where one was too large for a message. */
    rows: z.array(z.string()),
  })
  .refine(({ from, to, rows }) => to >= from && [0, to - from + 1].includes(rows.length), {
    message: 'there must be a row for each event, or none at all',
  });

/** Where a continuation's log ends, by one of its heads: everything up to there is committed. */
export interface LogEnd {
  readonly ref: ContinuationRef;
  /** Sequence of the last event. */
  readonly sequence: number;
}

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
  /** Events of messages that had been handed over before: a feed was faster, or a message came again. */
  readonly known: number;
  /** Events read from the log, because a later message or a head came before the message that brings them, if one does. */
  readonly repaired: number;
}

const PAGE = 200;

/**
 * Brings events from any number of sources to one sink: each once and in order, whatever comes twice, out of order or
 * not at all. Sequences have no gaps, so a message that comes too early, or a head, shows what is missing, and the log
 * has it.
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
   * Takes rows that the topic brought; when it resolves, the sink has them.
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
    const { tenant, continuation, from, to, rows } = parsed.data;
    const ref = { tenant, id: continuation };
    if (rows.length === 0) return this.readTo({ ref, sequence: to });
    await this.#oneAtATime(ref, async () => {
      try {
        await this.#takeRows(ref, from, rows);
      } catch (error) {
        // Somebody has emptied the sink meanwhile: what is missing now has the log.
        if (MaestroError.from(error).code !== 'request.invalid') throw error;
        await this.#takeRows(ref, from, rows);
      }
    });
  }

  async #takeRows(ref: ContinuationRef, from: number, rows: readonly string[]): Promise<void> {
    const position = await this.#fill(ref, from - 1);
    const fresh = rows.slice(position + 1 - from);
    this.#counts.known += rows.length - fresh.length;
    if (fresh.length === 0) return;
    await this.#sink.append(ref, position + 1, fresh);
    this.#counts.appended += fresh.length;
  }

  /** Reads the log up to an end; when it resolves, the sink has it. What the sink had is not read again. */
  async readTo({ ref, sequence }: LogEnd): Promise<void> {
    await this.#oneAtATime(ref, async () => {
      await this.#fill(ref, sequence);
    });
  }

  /** Hands on from the log what the sink lacks up to a sequence. @returns the sink's position then. */
  async #fill(ref: ContinuationRef, to: number): Promise<number> {
    let position = await this.#sink.position(ref);
    while (position < to) {
      const rows = await this.#log.readRange(ref, position + 1, Math.min(PAGE, to - position));
      if (rows.length === 0) {
        throw new MaestroError(
          'sidecar.unavailable',
          `event ${position + 1} of ${ref.id} cannot be read yet, but its log goes on to ${to}`,
        );
      }
      await this.#sink.append(ref, position + 1, rows);
      this.#counts.repaired += rows.length;
      this.#counts.appended += rows.length;
      position += rows.length;
    }
    return position;
  }

  /** Sources run beside each other; the rows of one continuation must not. */
  async #oneAtATime(ref: ContinuationRef, work: () => Promise<void>): Promise<void> {
    const key = partitionKeyOf(ref);
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
