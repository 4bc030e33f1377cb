import type { EventColumns } from '../tables/event-columns.ts';
import type { BuildCounts, ContinuationEnd, EndsPage } from '../tables/warehouse-tables.ts';

/**
 * A warehouse of a cloud that follows the warehouse's own tables. What it has taken it has for good, each event once by
 * continuation and sequence, whoever brings it how often; it is itself where it is known how far it has come.
 *
 * Every method rejects with MaestroError `warehouse.unavailable` when the target cannot be reached: it may or may not
 * have done what it was asked, and after `open` it can be asked again.
 */
export interface CopyTarget {
  /** Where it is, for people: no user, no password. */
  readonly name: string;

  /**
   * Connects anew, and makes what tables are missing.
   *
   * @returns an id that it was given when its tables were made.
   * @throws MaestroError `config.invalid` when its tables are of another release.
   */
  open(): Promise<string>;

  /** How far it has come with each log, by tenant and continuation. */
  ends(page: Pick<EndsPage, 'after' | 'limit'>): Promise<readonly ContinuationEnd[]>;

  /**
   * Takes events, all or none; what it has already is passed over. Those of one log follow on each other.
   *
   * @throws MaestroError `request.invalid` when events before these are missing, `log.corrupt` when it has another one in
   * the place of one of these; any other error for a batch that it will not take.
   */
  load(events: readonly EventColumns[]): Promise<void>;

  /** Takes into facts and dimensions what came since the last build. Idempotent. */
  build(): Promise<BuildCounts>;

  /** Idempotent; it may be opened again. */
  close(): Promise<void>;
}
