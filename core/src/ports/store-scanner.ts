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
