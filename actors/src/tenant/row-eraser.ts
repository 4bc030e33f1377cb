import {
  blobReferences,
  isErasable,
  isTombstone,
  jsonOrUndefined,
  MaestroError,
  tombstone,
  type BlobStore,
  type Clock,
} from '@maestro/core';
import type { RowStore, RowWrite } from '../store/row-store.ts';

/** Rows of one transaction: every store takes as many. */
const ROWS_AT_A_TIME = 50;

/** A row of a log, and its sequence. */
const LOG_KEY = /^(.+:log:)(\d{12})$/;

/** What was erased. */
export interface Erased {
  readonly rows: number;
  readonly blobs: number;
}

/**
 * Erases rows of a tenant that was deleted: a tombstone takes the place of each content, and the values that it refers to
 * go. The row stays and so does one behind the last of a log, so that the commit of a host that was asleep meanwhile
 * finds its place taken. Done again it does what is left.
 */
export class RowEraser {
  readonly #rows: RowStore;
  readonly #blobs: Pick<BlobStore, 'remove'>;
  readonly #clock: Clock;

  constructor(rows: RowStore, blobs: Pick<BlobStore, 'remove'>, clock: Clock) {
    this.#rows = rows;
    this.#blobs = blobs;
    this.#clock = clock;
  }

  /**
   * @param keys of rows of the tenant.
   * @throws MaestroError `request.unprocessable` for a key that is not, before anything is erased; `commit.outcome_unknown`,
   * retryable, when the store does not say whether it did.
   */
  async erase(tenant: string, keys: readonly string[]): Promise<Erased> {
    const foreign = keys.find((key) => !isErasable(tenant, key));
    if (foreign !== undefined) {
      throw new MaestroError(
        'request.unprocessable',
        `${foreign.slice(0, 200)} is no row of ${tenant} that can be erased`,
      );
    }
    let rows = 0;
    let blobs = 0;
    for (const [partition, own] of byPartition(keys)) {
      for (let from = 0; from < own.length; from += ROWS_AT_A_TIME) {
        const erased = await this.#erase(tenant, partition, own.slice(from, from + ROWS_AT_A_TIME));
        rows += erased.rows;
        blobs += erased.blobs;
      }
    }
    return { rows, blobs };
  }

  async #erase(tenant: string, partition: string, keys: readonly string[]): Promise<Erased> {
    const found = await this.#rows.readMany(partition, keys);
    const live = keys.filter((_, index) => {
      const row = found[index];
      return row !== undefined && !isTombstone(row);
    });
    // Before the rows: of what nobody refers to any more nobody would know.
    const references = new Set(found.flatMap((row) => blobReferences(jsonOrUndefined(row ?? ''))));
    for (const sha256 of references) await this.#blobs.remove(tenant, sha256);
    const value = tombstone(new Date(this.#clock.nowMs()).toISOString());
    const writes = live.map((key) => ({ key, value, createOnly: false }));
    // First, because keys of tombstones are not found again.
    await this.#closeLog(partition, live, value);
    if (writes.length > 0) await this.#write(partition, writes);
    return { rows: writes.length, blobs: references.size };
  }

  /** Puts a tombstone behind the last of these rows of a log, unless another row is there. */
  async #closeLog(partition: string, keys: readonly string[], value: string): Promise<void> {
    const last = keys
      .filter((key) => LOG_KEY.test(key))
      .sort()
      .at(-1);
    const [, beginning = '', sequence = ''] = LOG_KEY.exec(last ?? '') ?? [];
    if (sequence === '') return;
    const key = `${beginning}${String(Number(sequence) + 1).padStart(12, '0')}`;
    if ((await this.#rows.read(partition, key)) !== undefined) return;
    await this.#rows
      .write(partition, [{ key, value, createOnly: true }])
      .catch(async (error: unknown) => {
        // This one's own, whose answer was lost, or another's: the place is taken.
        if ((await this.#rows.read(partition, key)) === undefined) throw unknownOutcome(error);
      });
  }

  async #write(partition: string, writes: readonly RowWrite[]): Promise<void> {
    await this.#rows.write(partition, writes).catch((error: unknown) => {
      throw unknownOutcome(error);
    });
  }
}

function unknownOutcome(cause: unknown): MaestroError {
  return new MaestroError(
    'commit.outcome_unknown',
    'the store did not say whether it erased the rows; send them again',
    { cause },
  );
}

/** Keys by their partitions: those of continuations and topics. */
function byPartition(keys: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const key of keys) {
    const partition = key.split(':').slice(0, 2).join(':');
    found.set(partition, [...(found.get(partition) ?? []), key]);
  }
  return found;
}
