import type { ScannedHead } from '@maestro/core';
import { scannedHead } from './scanned-row.ts';

/** How many heads are read at a time; a batch get of DynamoDB takes no more. */
export const HEADS_AT_A_TIME = 100;

/** What {@link headsInOrder} reads from. */
export interface UnorderedStore {
  /** The keys of all rows, in pages and in any order; others than heads are passed over. */
  keys(signal: AbortSignal | undefined): AsyncIterable<readonly string[]>;
  /** The JSON of the values under at most {@link HEADS_AT_A_TIME} keys; what has gone meanwhile is left out. */
  values(
    keys: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, string>>;
}

/**
 * The heads of a store that cannot walk over its keys in order: the keys of the heads are collected and sorted (some
 * hundred bytes each), then the heads are read in pages.
 */
export async function* headsInOrder(
  store: UnorderedStore,
  { tenant, signal }: { readonly tenant?: string; readonly signal?: AbortSignal },
): AsyncGenerator<ScannedHead, void> {
  const heads: string[] = [];
  for await (const page of store.keys(signal)) {
    signal?.throwIfAborted();
    for (const key of page) if (isHeadKey(key, tenant)) heads.push(key);
  }
  heads.sort();
  for (let from = 0; from < heads.length; from += HEADS_AT_A_TIME) {
    signal?.throwIfAborted();
    const keys = heads.slice(from, from + HEADS_AT_A_TIME);
    const values = await store.values(keys, signal);
    for (const key of keys) {
      const head = scannedHead(key, values.get(key) ?? '');
      if (head) yield head;
    }
  }
}

function isHeadKey(key: string, tenant: string | undefined): boolean {
  return key.endsWith(':head') && (tenant === undefined || key.startsWith(`${tenant}:`));
}
