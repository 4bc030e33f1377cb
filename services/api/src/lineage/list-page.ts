import type { LineageNode } from '@maestro/client/protocol';

/** Which part of a family list is asked for. */
export interface ListRequest {
  /** The most nodes to give. */
  readonly limit: number;
  /** Generations up or down at most. */
  readonly generations: number;
  /** Where the page before ended, in the numbers that it gave. */
  readonly at: readonly number[] | undefined;
}

/** A part of a family list. */
export interface ListPage {
  readonly nodes: readonly LineageNode[];
  /** Where to go on; undefined at the end. */
  readonly next: readonly number[] | undefined;
}
