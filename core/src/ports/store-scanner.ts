import type { ContinuationRef } from '../continuation/identifiers.ts';

/** What a scan finds of one continuation. */
export interface ScannedHead {
  readonly ref: ContinuationRef;
  /** Text of the head row. */
  readonly head: string;
}

/** Walks over all heads of a store by its own protocol; for repair, rebuilding and export, never on the hot path. */
export interface StoreScanner {
  /** Every head, in key order, in pages; `tenant` narrows it. */
  heads(options?: {
    readonly tenant?: string;
    readonly signal?: AbortSignal;
  }): AsyncIterable<ScannedHead>;
  close(): Promise<void>;
}

/** Walks over the rows of a tenant in a store by its own protocol, to erase them. */
export interface KeyScanner {
  /**
   * The keys of all rows of a tenant that were not erased yet, in pages and in any order; those of its own rows (document,
   * freeze, audit log) are left out. Rows that are written meanwhile may be missing.
   */
  keys(tenant: string, signal?: AbortSignal): AsyncIterable<readonly string[]>;
}
