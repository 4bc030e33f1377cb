import type { ScannedHead, StoreScanner } from '@maestro/core';
import { openStoreScanner, type StorePlace } from '@maestro/stores';

/**
 * Walks over the heads of several stores, one after the other. One that does not answer keeps up none of the others: the walk
 * fails at its end.
 */
export function scanStores(places: readonly StorePlace[]): StoreScanner {
  return {
    async *heads(options): AsyncGenerator<ScannedHead, void> {
      const faults: unknown[] = [];
      for (const place of places) {
        let scanner: StoreScanner | undefined;
        try {
          scanner = await openStoreScanner(place);
          yield* scanner.heads(options);
        } catch (error) {
          options?.signal?.throwIfAborted();
          faults.push(error);
        } finally {
          await scanner?.close();
        }
      }
      if (faults.length > 0) throw faults[0];
    },
    close: async () => undefined,
  };
}
