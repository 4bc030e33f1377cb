import type { ContinuationRef, ContinuationStatus, EventLog } from '@maestro/core';
import type { Checkpoints } from '../feeds/change-feed.ts';
import type { CopySource } from '../copy/copy-source.ts';
import type { EventSink } from '../reader/event-reader.ts';
import type { Figures } from './figures.ts';

/** How far the tables have come with one continuation. */
export interface ContinuationEnd {
  readonly ref: ContinuationRef;
  /** Sequence of the last event that they hold; they hold all before it. */
  readonly sequence: number;
  /** Hash of that event: what a head of the same sequence must name too. */
  readonly hash: string;
}

/** Which ends are wanted. */
export interface EndsPage {
  readonly tenant?: string;
  /** The last of the page before. */
  readonly after?: ContinuationRef;
  /** @default 1000 */
  readonly limit?: number;
}

/** What a checkpoint is to become. */
export interface CheckpointChange {
  readonly name: string;
  /** What it is; undefined when there is none. */
  readonly expected: string | undefined;
  readonly value: string;
}

/** What a build took in. */
export interface BuildCounts {
  /** Continuations with events that no build had taken in; one that two rounds of the build met counts twice. */
  readonly continuations: number;
  /** Those events. */
  readonly events: number;
}

/** Which continuations a list is to hold. */
export interface ListQuery {
  readonly tenant: string;
  readonly status?: string | undefined;
  readonly recipe?: string | undefined;
  readonly root?: string | undefined;
  /** Created at or after, in ms since the epoch. */
  readonly sinceMs?: number | undefined;
  /** Part of the objective, whatever the case of its letters. */
  readonly search?: string | undefined;
  /** One of the goal's tags. */
  readonly tag?: string | undefined;
  /** Asleep until then at the latest, in ms since the epoch; the list is then ordered by when they are due. */
  readonly dueByMs?: number | undefined;
  readonly limit: number;
  /** The last of the page before. */
  readonly after?: Pick<ListedLife, 'id' | 'createdAtMs' | 'dueAtMs'> | undefined;
}

/** A continuation as the fact of its life knows it; instants in ms since the epoch. */
export interface ListedLife {
  readonly id: string;
  readonly status: ContinuationStatus;
  readonly recipe: string | null;
  readonly objective: string | null;
  readonly root: string | null;
  readonly depth: number | null;
  readonly tick: number;
  readonly events: number;
  readonly children: number;
  readonly spentMicroUsd: number;
  readonly createdAtMs: number;
  readonly lastEventAtMs: number;
  readonly finishedAtMs: number | null;
  /** When the clock ends its sleep if nothing does before; null when it is not asleep, or no clock ends it. */
  readonly dueAtMs: number | null;
}

/** What facts tell of all tenants together. */
export interface Totals {
  /** How many continuations there are of each status, of those without any 0. */
  readonly continuations: ReadonlyMap<string, number>;
  /** What was charged, by tenant: of the 20 that spent most, and of all others together under `other`. */
  readonly spentMicroUsd: ReadonlyMap<string, number>;
}

/**
 * Tables that keep every event as it was stored, and facts and dimensions that are built of them. They are their own
 * log (`readRange`), so a continuation can be replayed from them, and keep the checkpoints of the feeds that fill them.
 */
export interface WarehouseTables extends EventSink, Checkpoints, Pick<EventLog, 'readRange'> {
  /**
   * Takes rows that begin at most one behind its position; what it has already is passed over. Rows that are added
   * meanwhile share one transaction. Several writers may add the same rows.
   *
   * @throws MaestroError `log.corrupt` for a row that is no event of this place in this log, or another one than the row
   * that is there; `request.invalid` when rows before these are missing.
   */
  append(ref: ContinuationRef, from: number, rows: readonly string[]): Promise<void>;

  /** Ends by tenant and continuation. */
  ends(page?: EndsPage): Promise<readonly ContinuationEnd[]>;

  /**
   * Takes into facts and dimensions the events that came since the last build. Idempotent; one at a time on a database,
   * whoever asks. When the SQL that builds is another than last time, everything is built anew.
   */
  build(): Promise<BuildCounts>;

  /** Continuations by their facts, the newest first or the soonest due. As fresh as the last build. */
  list(query: ListQuery): Promise<readonly ListedLife[]>;

  /** What happens, of all tenants together: the last hour by minutes, and how all continuations are. */
  figures(): Promise<Figures>;

  /** Counts over all tenants. As fresh as the last build. */
  totals(): Promise<Totals>;

  /** When facts were built last, in ms since the epoch; null when this process has not built any. */
  readonly builtAtMs: number | null;

  /** Empties facts and dimensions and builds them of all events; who reads meanwhile sees a part of them. */
  rebuild(): Promise<BuildCounts>;

  /**
   * Empties events, ends, facts and dimensions, all at once, so that they are read anew; checkpoints stay, and one of them
   * is changed with it. Rows that are appended meanwhile are kept whole or refused.
   *
   * @returns whether it has; false where the checkpoint has another value than is expected.
   */
  clear(checkpoint: CheckpointChange): Promise<boolean>;

  /** Deletes every row of a tenant; rows that are appended later are kept. */
  erase(tenant: string): Promise<void>;

  /** Changes a checkpoint. @returns whether it has; false where it has another value than is expected. */
  change(checkpoint: CheckpointChange): Promise<boolean>;

  /** What copies of these tables lack. */
  readonly copies: CopySource;

  /** Waits for what is under way. */
  close(): Promise<void>;
}
