import type { ContinuationRef } from '@maestro/core';
import type { ContinuationEnd } from '../tables/warehouse-tables.ts';

/** A log of which a target lacks events. */
export interface LackingLog {
  readonly ref: ContinuationRef;
  /** Sequence of the last event that the target has; 0 for none. */
  readonly after: number;
  /** Sequence of the last event that there is. */
  readonly to: number;
}

/** How much a target lacks. */
export interface CopyLag {
  readonly continuations: number;
  readonly events: number;
}

/**
 * Which events a target lacks, by comparing ends and not by a position among all events: an event that became visible
 * late, because its transaction took long, is found like any other.
 */
export interface CopySource {
  /** Forgets how far a target has come. */
  forget(target: string): Promise<void>;

  /** Notes how far a target has come with some logs. */
  note(target: string, ends: readonly Pick<ContinuationEnd, 'ref' | 'sequence'>[]): Promise<void>;

  /** Logs of which a target lacks events, by tenant and continuation. */
  lacking(
    target: string,
    after: ContinuationRef | undefined,
    limit: number,
  ): Promise<readonly LackingLog[]>;

  /** The rows that logs lack, by partition key, each log's in order; fewer where some are not there any more. */
  rows(lacking: readonly LackingLog[]): Promise<ReadonlyMap<string, readonly string[]>>;

  /** How much a target lacks now. */
  lag(target: string): Promise<CopyLag>;
}
