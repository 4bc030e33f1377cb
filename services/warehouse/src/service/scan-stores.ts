import type { ScannedHead, StoreScanner } from '@maestro/core';
import { openStoreScanner, type StorePlace } from '@maestro/stores';

/** Opens several stores to walk over the heads of one after the other. */
export async function openScanners(places: readonly StorePlace[]): Promise<StoreScanner> {
  const scanners: StoreScanner[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(scanners.map((scanner) => scanner.close()));
  };
  try {
    for (const place of places) scanners.push(await openStoreScanner(place));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async *heads(options): AsyncGenerator<ScannedHead, void> {
      for (const scanner of scanners) yield* scanner.heads(options);
    },
    close,
  };
}
